/** The states of a run, as XRT's `ert_cmd_state` numbers them. */
const names = [
  'ERT_CMD_STATE_UNKNOWN',
  'ERT_CMD_STATE_NEW',
  'ERT_CMD_STATE_QUEUED',
  'ERT_CMD_STATE_RUNNING',
  'ERT_CMD_STATE_COMPLETED',
  'ERT_CMD_STATE_ERROR',
  'ERT_CMD_STATE_ABORT',
  'ERT_CMD_STATE_SUBMITTED',
  'ERT_CMD_STATE_TIMEOUT',
  'ERT_CMD_STATE_NORESPONSE',
  'ERT_CMD_STATE_SKERROR',
  'ERT_CMD_STATE_SKCRASHED',
] as const;

export type RunState = (typeof names)[number];

export const completed = 4;

/** `ERT_CMD_STATE_UNKNOWN` for a number that XRT 2.13 does not know. */
export function runStateName(state: number): RunState {
  return names[state] ?? 'ERT_CMD_STATE_UNKNOWN';
}

/** Whether a run in this state is over, well or not: new, queued, running and submitted are not. */
export function isOver(state: number): boolean {
  return ![1, 2, 3, 7].includes(state);
}
