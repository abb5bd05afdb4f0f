/** The jobs of sending: one for each delivery, with its endpoint as a flag, by which lanes are kept. */

/** The task's name. */
export const TASK = "webhook";

/**
 * How often a job is taken that comes to no end, because its process dies or the database is away:
 * over three days. Tries that fail are none of these: each leaves a job of its own.
 */
const MOST_TAKEN = 20;

/** An expression: adds the job of a row with `id`, `endpoint_id` and `next_time`, for when it is due. */
export const addJob = `graphile_worker.add_job(
  '${TASK}', json_build_object('id', id, 'endpointId', endpoint_id), null, next_time,
  ${MOST_TAKEN}, null, null, array[endpoint_id])`;

/** The same of many rows at once, all due now. */
export const addJobs = `graphile_worker.add_jobs(array_agg(
  row('${TASK}', json_build_object('id', id, 'endpointId', endpoint_id), null, null,
      ${MOST_TAKEN}, null, null, array[endpoint_id])::graphile_worker.job_spec))`;

/** What a job says. */
export interface WebhookJob {
  readonly id: string;
  readonly endpointId: string;
}
