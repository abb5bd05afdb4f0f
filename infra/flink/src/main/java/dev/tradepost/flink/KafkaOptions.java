package dev.tradepost.flink;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** How the brokers are spoken to, by the variables that the services have (kit/kafka-security.ts). */
final class KafkaOptions {
  /** The connector has Kafka's client under this name. */
  private static final String MODULES = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security.";

  private KafkaOptions() {}

  /** As options of a table. */
  static String of(Settings settings) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("bootstrap.servers", settings.need("KAFKA_BROKERS"));
    boolean secured = settings.of("KAFKA_TLS", "off").equals("on");
    String user = settings.of("KAFKA_USERNAME", "");
    String password = settings.of("KAFKA_PASSWORD", "");
    String authority = settings.of("KAFKA_CA", "");
    if (user.isEmpty() != password.isEmpty()) {
      throw new BadSettings("KAFKA_USERNAME, KAFKA_PASSWORD: both or none");
    }
    if (!secured && !(user + authority).isEmpty()) {
      throw new BadSettings("KAFKA_TLS: must be on, where a password or an authority is set");
    }
    if (secured) {
      options.put("security.protocol", user.isEmpty() ? "SSL" : "SASL_SSL");
    }
    if (!authority.isEmpty()) {
      options.put("ssl.truststore.type", "PEM");
      options.put("ssl.truststore.location", authority);
    }
    if (!user.isEmpty()) {
      String mechanism = settings.of("KAFKA_SASL", "scram-sha-512").toUpperCase();
      String module = mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
      options.put("sasl.mechanism", mechanism);
      options.put(
          "sasl.jaas.config",
          String.format(
              "%s%s required username=\"%s\" password=\"%s\";",
              MODULES, module, escaped(user), escaped(password)));
    }
    return options.entrySet().stream()
        .map(one -> String.format("'properties.%s' = '%s'", one.getKey(), quoted(one.getValue())))
        .collect(Collectors.joining(",\n  "));
  }

  /** Within the quotes of SQL. */
  static String quoted(String text) {
    return text.replace("'", "''");
  }

  /** Within the quotes of JAAS. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
