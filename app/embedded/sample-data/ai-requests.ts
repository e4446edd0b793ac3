import type { Value } from "convex/values";
import type { PromptHistory, PromptVersion } from "./ai-prompts";
import { SECOND_MS } from "./clock";
import type { Report } from "./report";
import type { World } from "./world";

const REQUESTS = 20;
// Which of the requests failed.
const FAILED = new Set([6, 15]);
const FAILURES = [
  "Model provider answered 429: rate limit reached, retry after 20 s",
  "Model answered with text that is not JSON",
] as const;
// Beyond 2^53, so that only a 64-bit integer holds it.
const LIFETIME_TOKENS = 9_007_199_254_740_993n;

interface Request {
  readonly report: Report;
  readonly prompt: PromptVersion;
  readonly at: number;
  readonly isFailed: boolean;
}

/** Adds logs of requests to the model: questions for most, analyses for some reports. */
export function addAiRequests(
  world: World,
  reports: readonly Report[],
  prompts: PromptHistory,
): void {
  const { random, store } = world;
  const candidates = reports.filter(({ timeline }) => timeline.questionsAt !== undefined);
  random.sample(candidates, REQUESTS).forEach((report, index) => {
    const { timeline, story, incident } = report;
    const isAnalysis = timeline.analysedAt !== undefined && random.chance(0.4);
    const answeredAt =
      (isAnalysis ? timeline.analysedAt : timeline.questionsAt) ?? timeline.createdAt;
    const name = isAnalysis
      ? "analyze_contributing_conditions"
      : "generate_clarification_questions";
    const prompt = prompts.at(name, answeredAt);
    const processingMs = random.int(1500, 9800);
    const isFailed = FAILED.has(index);
    // A failed request comes before the one that succeeded.
    const at = answeredAt - (isFailed ? random.int(10, 20) * SECOND_MS : 0);
    const tokens = random.int(900, 3600);
    const request: Request = { report, prompt, at, isFailed };
    store.insert("ai_request_logs", at, {
      correlation_id: `ai_${random.uuid()}`,
      operation: name,
      model: prompt.model,
      prompt_template: `${prompt.name} ${prompt.version}`,
      input_data: inputOf(world, request),
      ...(!isFailed && { output_data: outputOf(world, request, { tokens, isFirst: index === 0 }) }),
      processing_time_ms: processingMs,
      ...(!isFailed && { tokens_used: tokens, cost_usd: Math.round(tokens * 0.4) / 1_000_000 }),
      success: !isFailed,
      ...(isFailed && { error_message: random.pick(FAILURES) }),
      user_id: (isAnalysis ? story.reviewer : story.reporter)._id,
      incident_id: incident._id,
      created_at: at,
    });
  });
}

/** Some of it as careless code logs it: with the provider's key in the headers. */
function inputOf({ random }: World, { report, prompt }: Request): Value {
  const { incident, story } = report;
  return {
    incident: {
      id: incident._id,
      participant_name: incident.participant_name,
      reporter_name: incident.reporter_name,
      event_date_time: incident.event_date_time,
      location: incident.location,
    },
    narrative: { ...story.narrative },
    options: { model: prompt.model, temperature: 0.2, stream: false, stop: [] },
    ...(random.chance(0.3) && {
      request: {
        url: "https://models.supportsignal.example/v1/chat/completions",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer sk-${random.base64url(48)}`,
        },
        retry: { attempts: 2, previous: [{ status: 429, apiKey: `sk-${random.base64url(48)}` }] },
      },
    }),
  };
}

function outputOf(
  { random }: World,
  { report, prompt }: Request,
  { tokens, isFirst }: { tokens: number; isFirst: boolean },
): Value {
  const promptTokens = Math.round(tokens * 0.62);
  const isAnalysis = prompt.name === "analyze_contributing_conditions";
  return {
    id: `chatcmpl-${random.hex(24)}`,
    result: isAnalysis
      ? { contributing_conditions: report.story.scenario.conditions.map(report.story.tell) }
      : {
          questions: report.clarifications.map(({ phase, order, questionText }) => ({
            phase,
            order,
            text: questionText,
          })),
        },
    usage: {
      prompt_tokens: BigInt(promptTokens),
      completion_tokens: BigInt(tokens - promptTokens),
      ...(isFirst && { lifetime_tokens: LIFETIME_TOKENS }),
    },
    // What a log of raw model output can hold: values that JSON lacks, at depth.
    ...(isFirst && {
      diagnostics: {
        logprobs: [-0.12, Number.NEGATIVE_INFINITY, -0],
        perplexity: Number.NaN,
        fingerprint: new Uint8Array([0x53, 0x53, 0x00, 0xff]).buffer,
      },
    }),
  };
}
