import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./clock";
import type { Report } from "./report";
import { PHASES } from "./scenarios/types";
import type { World } from "./world";

const HANDOFFS = 4;

/** Adds hand-offs of submitted reports from capture to analysis. */
export function addHandoffs(world: World, reports: readonly Report[]): void {
  const { random, store } = world;
  const submitted = reports.filter(({ timeline }) => timeline.submittedAt !== undefined);
  random.sample(submitted, HANDOFFS).forEach((report, index) => {
    const { story, incident, timeline, clarifications } = report;
    const createdAt = timeline.submittedAt ?? timeline.updatedAt;
    const isAccepted = timeline.analysedAt !== undefined;
    const notifiedAt = createdAt + random.int(1, 4) * SECOND_MS;
    const acceptedAt = Math.min(
      createdAt + random.int(20 * MINUTE_MS, HOUR_MS),
      timeline.analysedAt ?? Infinity,
    );
    store.insert("workflow_handoffs", createdAt, {
      incident_id: incident._id,
      from_workflow: "incident_capture",
      to_workflow: "incident_analysis",
      handoff_data: {
        submitted_by: { id: story.reporter._id, name: story.reporter.name },
        participant: { name: incident.participant_name, location: incident.location },
        phases: Object.fromEntries(
          PHASES.map((phase) => [
            phase,
            {
              characters: story.narrative[phase].length,
              questions: clarifications.filter((item) => item.phase === phase).length,
              answers: clarifications.filter((item) => item.phase === phase && item.answer).length,
            },
          ]),
        ),
        quality: { score: random.int(70, 98) / 100, missing: [] },
        notification: {
          channel: "email",
          to: [story.reviewer.email],
          // Only the first was logged with the webhook's settings.
          ...(index === 0 && {
            webhook: {
              url: "https://hooks.supportsignal.example/incidents",
              apiKey: `whk_${random.base64url(32)}`,
            },
          }),
        },
      },
      team_leader_notified: true,
      notification_sent_at: notifiedAt,
      handoff_accepted: isAccepted,
      ...(isAccepted && {
        handoff_accepted_by: story.reviewer._id,
        handoff_accepted_at: acceptedAt,
      }),
      created_at: createdAt,
    });
  });
}
