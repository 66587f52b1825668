// Reasons and events in words.

export { isOver } from "../ui.js";

const REASONS = {
  durationElapsed: "Ran for its planned time",
  stoppedByUser: "Stopped by hand",
  testEnded: "Ended by itself before its time",
  thresholdBroken: "Stopped by a rule: the target did worse than allowed",
  queueTimedOut: "No room came free in time",
  startFailed: "The load could not be started",
  clusterLost: "The cluster was lost",
  loadVanished: "The load ended without an order",
  workersLost: "Too many workers were lost",
  replaced: "Somebody else's test took the cluster",
  shutdown: "The service was shut down",
  emergencyStop: "Emergency stop",
  frozen: "A freeze window began",
  rejected: "Rejected by the second person",
  approvalExpired: "Nobody approved it in time",
};

const EVENTS = {
  start: "Start ordered", stop: "Stop ordered", changeUsers: "Users changed",
  accepted: "Accepted", stateChanged: "State", adopted: "Taken over by a new process",
  workersLost: "Workers lost", workersReturned: "Workers returned",
  clusterUnreachable: "Cluster does not answer", clusterReachable: "Cluster answers again",
  masterRestarted: "Master restarted", loadEnded: "Load ended",
  loadReturned: "Load came back",
};

const EVENT_TONES = {
  workersLost: "bad", clusterUnreachable: "bad", masterRestarted: "bad", loadReturned: "bad",
  workersReturned: "good", clusterReachable: "good",
};

export const reasonWords = (reason) => REASONS[reason] ?? reason ?? "";
export const eventWords = (kind) =>
  EVENTS[kind] ?? kind.replace(/([A-Z])/g, " $1").replace(/^./, (first) => first.toUpperCase());
export const eventTone = (kind) => EVENT_TONES[kind] ?? "plain";

export const hasLoad = (run) => ["Starting", "Running", "Stopping"].includes(run.state);

// What an event tells, with the facts where there are no words.
export function eventText(event) {
  if (event.kind === "stateChanged") return `${event.facts.from} → ${event.facts.to}`;
  const users = event.facts?.users ?? event.facts?.targetUsers;
  const parts = [event.detail];
  if (!event.detail && users !== undefined) parts.push(`${users} users`);
  if (event.outcome && event.outcome.result !== "done") {
    parts.push(`${event.outcome.result}: ${event.outcome.detail}`);
  }
  return parts.filter(Boolean).join(" — ");
}
