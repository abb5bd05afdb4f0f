-- The windows of services/analytics (windows.ts, order-facts.ts, payment-facts.ts), published as it
-- publishes them: same topic, same keys, same values. Run by Runner.java, which fills in ${…}.

SET 'pipeline.name' = 'tradepost-windows';

-- Event times are UTC, whatever the machine's clock says.
SET 'table.local-time-zone' = 'UTC';

-- What a partition's readers do not hear for this long does not hold the watermark back: IDLE_MS.
SET 'table.exec.source.idle-timeout' = '10 s';

-- How long an event's id is known, as long as an inbox keeps it. Windows are kept: see `windows`.
SET 'table.exec.state.ttl' = '${EVENT_IDS_FOR:-30 d}';

SET 'execution.checkpointing.interval' = '${CHECKPOINT_EACH:-30 s}';
SET 'execution.checkpointing.mode' = 'EXACTLY_ONCE';

-- An order as it is after what happened; of the facts those that are counted. A value that is no
-- JSON is passed over: the service dead-letters it, and counts nothing of it either.
CREATE TEMPORARY TABLE orders (
  `userId` STRING,
  `total` ROW<`currencyCode` STRING, `amount` BIGINT>,
  `items` ARRAY<ROW<`merchantId` STRING, `quantity` INT, `subtotal` ROW<`amount` BIGINT>>>,
  `confirmed` ROW<`paymentId` STRING>,
  `rejected` ROW<`reason` STRING>,
  `cancelled` ROW<`reason` STRING>,
  `headers` MAP<STRING, BYTES> METADATA VIRTUAL,
  `received` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `partition` INT METADATA VIRTUAL,
  `offset` BIGINT METADATA VIRTUAL,
  -- As inboxes know it (kit/inbox.ts): by its place, if it has no id.
  `id` AS COALESCE(CAST(`headers`['ce_id'] AS STRING), CONCAT_WS('/', CAST(`partition` AS STRING), CAST(`offset` AS STRING))),
  `heard` AS PROCTIME(),
  `time` AS COALESCE(
    TO_TIMESTAMP(CAST(`headers`['ce_time'] AS STRING), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''),
    CAST(`received` AS TIMESTAMP(3))),
  -- LATENESS_MS; a time that is more than AHEAD_MS ahead of the clock moves nothing.
  WATERMARK FOR `time` AS CASE
    WHEN `time` <= CAST(CURRENT_TIMESTAMP AS TIMESTAMP(3)) + INTERVAL '1' MINUTE
    THEN `time` - INTERVAL '30' SECOND END
) WITH (
  'connector' = 'kafka',
  ${KAFKA},
  'topic' = '${ORDERS_TOPIC:-orders}',
  'properties.group.id' = '${GROUP:-analytics-flink}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

CREATE TEMPORARY TABLE payments (
  `amount` ROW<`currencyCode` STRING>,
  `succeeded` ROW<`shares` ARRAY<ROW<`merchantId` STRING, `amount` ROW<`amount` BIGINT>>>>,
  `refundedPart` ROW<`shares` ARRAY<ROW<`merchantId` STRING, `amount` ROW<`amount` BIGINT>>>>,
  `headers` MAP<STRING, BYTES> METADATA VIRTUAL,
  `received` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  `partition` INT METADATA VIRTUAL,
  `offset` BIGINT METADATA VIRTUAL,
  -- As inboxes know it (kit/inbox.ts): by its place, if it has no id.
  `id` AS COALESCE(CAST(`headers`['ce_id'] AS STRING), CONCAT_WS('/', CAST(`partition` AS STRING), CAST(`offset` AS STRING))),
  `heard` AS PROCTIME(),
  `time` AS COALESCE(
    TO_TIMESTAMP(CAST(`headers`['ce_time'] AS STRING), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''),
    CAST(`received` AS TIMESTAMP(3))),
  WATERMARK FOR `time` AS CASE
    WHEN `time` <= CAST(CURRENT_TIMESTAMP AS TIMESTAMP(3)) + INTERVAL '1' MINUTE
    THEN `time` - INTERVAL '30' SECOND END
) WITH (
  'connector' = 'kafka',
  ${KAFKA},
  'topic' = '${PAYMENTS_TOPIC:-payments}',
  'properties.group.id' = '${GROUP:-analytics-flink}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- Each event once, by the id that inboxes know it by: the relay may send one again.
CREATE TEMPORARY VIEW order_events AS
SELECT `id`, `time`, `userId` AS user_id, `items`,
       COALESCE(`total`.`currencyCode`, 'XXX') AS currency, COALESCE(`total`.`amount`, 0) AS amount,
       CASE WHEN `confirmed` IS NOT NULL THEN 'confirmed'
            WHEN `rejected` IS NOT NULL THEN 'rejected'
            ELSE 'cancelled' END AS what
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `heard` ASC) AS nth
          FROM orders
         WHERE `confirmed` IS NOT NULL OR `rejected` IS NOT NULL OR `cancelled` IS NOT NULL)
 WHERE nth = 1;

CREATE TEMPORARY VIEW payment_events AS
SELECT `id`, `time`, COALESCE(`amount`.`currencyCode`, 'XXX') AS currency,
       CASE WHEN `succeeded` IS NOT NULL THEN 'revenue' ELSE 'refunded' END AS what,
       COALESCE(`succeeded`.`shares`, `refundedPart`.`shares`) AS shares
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY `id` ORDER BY `heard` ASC) AS nth
          FROM payments
         WHERE `succeeded` IS NOT NULL OR `refundedPart` IS NOT NULL)
 WHERE nth = 1;

-- What each event adds to the shop's windows (merchant '') and to its merchants'.
CREATE TEMPORARY VIEW counted AS
SELECT `time`, currency, '' AS merchant_id, what, id, user_id, CAST(0 AS BIGINT) AS units, amount
  FROM order_events
UNION ALL
SELECT `time`, currency, '', 'pieces', id, user_id, CAST(quantity AS BIGINT), CAST(0 AS BIGINT)
  FROM order_events CROSS JOIN UNNEST(`items`) AS item (merchant_id, quantity, subtotal)
 WHERE what = 'confirmed'
UNION ALL
SELECT `time`, currency, item.merchant_id, what, id, user_id, CAST(quantity AS BIGINT),
       COALESCE(item.subtotal.`amount`, 0)
  FROM order_events CROSS JOIN UNNEST(`items`) AS item (merchant_id, quantity, subtotal)
 WHERE item.merchant_id <> ''
UNION ALL
SELECT `time`, currency, '', what, id, CAST(NULL AS STRING), CAST(0 AS BIGINT), COALESCE(share.money.`amount`, 0)
  FROM payment_events CROSS JOIN UNNEST(shares) AS share (merchant_id, money)
UNION ALL
SELECT `time`, currency, share.merchant_id, what, id, CAST(NULL AS STRING), CAST(0 AS BIGINT),
       COALESCE(share.money.`amount`, 0)
  FROM payment_events CROSS JOIN UNNEST(shares) AS share (merchant_id, money)
 WHERE share.merchant_id <> '';

-- Whether the watermark has passed a window is known when it does, or by an event that is later.
CREATE TEMPORARY VIEW changes AS
SELECT CONCAT_WS('/', DATE_FORMAT(`time`, 'yyyy-MM-dd''T''HH:mm'':00.000Z'''), currency, merchant_id)
         AS key, what, id, user_id, units, amount,
       COALESCE(FLOOR(`time` TO MINUTE) + INTERVAL '1' MINUTE <= CURRENT_WATERMARK(`time`), FALSE)
         AS is_past
  FROM counted
UNION ALL
SELECT CONCAT_WS('/', DATE_FORMAT(window_start, 'yyyy-MM-dd''T''HH:mm'':00.000Z'''), currency,
                 merchant_id),
       'closed', CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(0 AS BIGINT), CAST(0 AS BIGINT), TRUE
  FROM TUMBLE(TABLE counted, DESCRIPTOR(`time`), INTERVAL '1' MINUTE)
 GROUP BY window_start, window_end, currency, merchant_id;

-- Grouped by the record's key, and so by the minute, rather than by TUMBLE alone, which drops what comes after the watermark: an
-- event counts however late it comes, and its window is published again. So nothing here expires.
CREATE TEMPORARY VIEW windows AS
SELECT /*+ STATE_TTL('changes' = '0 s') */ key,
       COUNT(DISTINCT id) FILTER (WHERE what = 'confirmed') AS orders,
       SUM(units) FILTER (WHERE what IN ('confirmed', 'pieces')) AS units,
       COUNT(DISTINCT user_id) FILTER (WHERE what = 'confirmed') AS unique_buyers,
       SUM(amount) FILTER (WHERE what = 'confirmed') AS order_total,
       SUM(amount) FILTER (WHERE what = 'revenue') AS revenue,
       SUM(amount) FILTER (WHERE what = 'refunded') AS refunded,
       COUNT(DISTINCT id) FILTER (WHERE what = 'rejected') AS rejected,
       COUNT(DISTINCT id) FILTER (WHERE what = 'cancelled') AS cancelled,
       MAX(CASE WHEN is_past THEN 1 ELSE 0 END) = 1 AS final,
       COUNT(*) + 1 AS version
  FROM changes
 GROUP BY key;

-- What topic analytics-results carries: tradepost.analytics.v1.WindowEvent as proto3 JSON, in which
-- numbers of 64 bits are texts.
CREATE TEMPORARY TABLE results (
  `key` STRING,
  `window` ROW<
    `startTime` STRING, `endTime` STRING, `currencyCode` STRING, `orders` INT, `units` STRING,
    `uniqueBuyers` INT, `revenue` ROW<`currencyCode` STRING, `amount` STRING>,
    `refunded` ROW<`currencyCode` STRING, `amount` STRING>,
    `averageOrderValue` ROW<`currencyCode` STRING, `amount` STRING>,
    `rejected` INT, `cancelled` INT, `final` BOOLEAN, `version` STRING, `updateTime` STRING>,
  `merchantId` STRING,
  `headers` MAP<STRING, BYTES> METADATA,
  PRIMARY KEY (`key`) NOT ENFORCED
) WITH (
  'connector' = 'upsert-kafka',
  ${KAFKA},
  'topic' = '${RESULTS_TOPIC:-analytics-results}',
  'key.format' = 'raw',
  'value.format' = 'json',
  'value.fields-include' = 'EXCEPT_KEY',
  -- A window is published once for what changes within a second, as the service does.
  'sink.buffer-flush.interval' = '${PUBLISH_EACH:-1 s}',
  'sink.buffer-flush.max-rows' = '5000'
);

-- With each change as it is then. The version is one more than the changes that were counted, so it
-- rises with each and is never below the service's, which counts up by batches.
INSERT INTO results
SELECT key,
       ROW(
         DATE_FORMAT(start_time, 'yyyy-MM-dd''T''HH:mm:ss''Z'''),
         DATE_FORMAT(start_time + INTERVAL '1' MINUTE, 'yyyy-MM-dd''T''HH:mm:ss''Z'''),
         currency, CAST(orders AS INT), CAST(COALESCE(units, 0) AS STRING),
         CAST(unique_buyers AS INT),
         ROW(currency, CAST(COALESCE(revenue, 0) AS STRING)),
         ROW(currency, CAST(COALESCE(refunded, 0) AS STRING)),
         ROW(currency, CAST(COALESCE(order_total, 0) / GREATEST(orders, 1) AS STRING)),
         CAST(rejected AS INT), CAST(cancelled AS INT), final, CAST(version AS STRING),
         DATE_FORMAT(CURRENT_TIMESTAMP, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''')),
       merchant_id,
       MAP['content-type', CAST('application/json' AS BYTES),
           'ce_specversion', CAST('1.0' AS BYTES),
           -- The same one if it is published again after a crash, so that inboxes know it.
           'ce_id', CAST(CONCAT_WS('-', SUBSTR(event, 1, 8), SUBSTR(event, 9, 4),
             CONCAT('8', SUBSTR(event, 14, 3)), CONCAT('8', SUBSTR(event, 18, 3)),
             SUBSTR(event, 21, 12)) AS BYTES),
           'ce_type', CAST('tradepost.analytics.v1.WindowEvent' AS BYTES),
           'ce_source', CAST('/tradepost/analytics' AS BYTES),
           'ce_subject', CAST(key AS BYTES),
           'ce_time', CAST(
             DATE_FORMAT(CURRENT_TIMESTAMP, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''') AS BYTES)]
  FROM (SELECT *, MD5(CONCAT_WS('/', key, CAST(version AS STRING))) AS event,
               TO_TIMESTAMP(SPLIT_INDEX(key, '/', 0), 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z''')
                 AS start_time,
               SPLIT_INDEX(key, '/', 1) AS currency, SPLIT_INDEX(key, '/', 2) AS merchant_id
          FROM windows);
