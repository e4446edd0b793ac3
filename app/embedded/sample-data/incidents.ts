import { createHash } from "node:crypto";
import type { PromptHistory } from "./ai-prompts";
import { addAnalysis } from "./analysis";
import { addClarifications, draftClarifications, questionsFor } from "./clarifications";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./clock";
import { insertIncident, insertNarrative } from "./incident-rows";
import { spread } from "./quotas";
import type { Report, Timeline } from "./report";
import { SCENARIOS } from "./scenarios";
import { byPhase, PHASES, type Phase } from "./scenarios/types";
import { tellStory, type Stage, type Story } from "./story";
import type { ProviderPeople, World } from "./world";

const STAGE_COUNTS: Readonly<Record<Stage, number>> = {
  drafted: 8,
  capturing: 12,
  captured: 20,
  analysing: 15,
  completed: 25,
};
/** Incidents per provider; together as many as there are stages. */
const INCIDENTS_PER_PROVIDER = [28, 20, 14, 11, 7] as const;
const QUESTIONS = 1683;
const ANSWERS = 1183;
const ANSWERS_WHILE_CAPTURING = 8;
const SECOND_CLASSIFICATIONS = 15;
const MIN_QUESTIONS_PER_PHASE = 4;
const MAX_QUESTIONS_PER_PHASE = 7;
const MIN_ANSWERS_WHEN_CAPTURED = 10;

/** Adds incidents with their narratives, clarifications, analyses and classifications. */
export function addIncidents(
  world: World,
  providers: readonly ProviderPeople[],
  prompts: PromptHistory,
): readonly Report[] {
  const stories = planStories(world, providers);
  const asked = stories.filter(({ stage }) => stage !== "drafted");
  const questionCounts = planQuestions(world, asked);
  const answerCounts = planAnswers(world, asked, questionCounts);
  const analysed = stories.filter(({ stage }) => stage === "analysing" || stage === "completed");
  const classifiedTwice = new Set(world.random.sample(analysed, SECOND_CLASSIFICATIONS));

  return stories.map((story) => {
    const index = asked.indexOf(story);
    const createdAt = story.endAt + world.random.int(20 * MINUTE_MS, 18 * HOUR_MS);
    const narrativeAt = createdAt + world.random.int(5, 25) * MINUTE_MS;
    const questionsAt = narrativeAt + world.random.int(30, 90) * SECOND_MS;
    const counts = questionCounts[index];
    const clarifications = counts
      ? draftClarifications(world, story, counts, answerCounts[index] ?? 0, questionsAt)
      : [];
    const lastAnswerAt = Math.max(questionsAt, ...clarifications.map((c) => c.answer?.at ?? 0));
    const timeline = planTimeline(
      world,
      story,
      { createdAt, narrativeAt, questionsAt },
      lastAnswerAt,
    );
    const hash = createHash("sha256").update(JSON.stringify(story.narrative)).digest("hex");
    const incident = insertIncident(world, story, timeline, clarifications, hash);
    insertNarrative(world, story, timeline, clarifications, incident, hash);
    const prompt = prompts.at("generate_clarification_questions", questionsAt);
    addClarifications(world, incident, story, clarifications, questionsAt, prompt);
    if (timeline.analysedAt !== undefined) {
      addAnalysis(world, { story, incident, timeline, clarifications }, prompts, {
        isClassifiedTwice: classifiedTwice.has(story),
      });
    }
    return { story, incident, timeline, clarifications };
  });
}

function planStories(world: World, providers: readonly ProviderPeople[]): Story[] {
  const { random } = world;
  const stages = (Object.entries(STAGE_COUNTS) as [Stage, number][]).flatMap(([stage, count]) =>
    Array<Stage>(count).fill(stage),
  );
  const owners = random.shuffle(
    providers.flatMap((owner, index) =>
      Array<ProviderPeople>(INCIDENTS_PER_PROVIDER[index] ?? 0).fill(owner),
    ),
  );
  const scenarios = random.shuffle(stages.map((_, index) => SCENARIOS[index % SCENARIOS.length]));
  return stages.flatMap((stage, index) => {
    const owner = owners[index];
    const scenario = scenarios[index];
    return owner && scenario ? [tellStory(world, stage, scenario, owner)] : [];
  });
}

function planQuestions({ random }: World, stories: readonly Story[]): Record<Phase, number>[] {
  const capacities = stories.flatMap(({ scenario }) =>
    PHASES.map((phase) => Math.min(MAX_QUESTIONS_PER_PHASE, questionsFor(scenario, phase).length)),
  );
  const counts = spread(random, QUESTIONS, capacities, MIN_QUESTIONS_PER_PHASE);
  return stories.map((_, story) =>
    byPhase((phase) => counts[story * PHASES.length + PHASES.indexOf(phase)] ?? 0),
  );
}

function planAnswers(
  { random }: World,
  stories: readonly Story[],
  questionCounts: readonly Record<Phase, number>[],
): number[] {
  const capturing = stories.filter(({ stage }) => stage === "capturing").length;
  const capacities = stories.flatMap(({ stage }, index) =>
    stage === "capturing" ? [] : [totalOf(questionCounts[index])],
  );
  const rest = ANSWERS - capturing * ANSWERS_WHILE_CAPTURING;
  const counts = spread(random, rest, capacities, MIN_ANSWERS_WHEN_CAPTURED);
  return stories.map(({ stage }) =>
    stage === "capturing" ? ANSWERS_WHILE_CAPTURING : (counts.shift() ?? 0),
  );
}

function planTimeline(
  { random }: World,
  { stage }: Story,
  steps: { createdAt: number; narrativeAt: number; questionsAt: number },
  lastAnswerAt: number,
): Timeline {
  const { createdAt, narrativeAt, questionsAt } = steps;
  if (stage === "drafted") return { createdAt, narrativeAt, updatedAt: narrativeAt };
  const asked = { createdAt, narrativeAt, questionsAt };
  if (stage === "capturing") return { ...asked, updatedAt: lastAnswerAt };
  const submittedAt = lastAnswerAt + random.int(60, 240) * SECOND_MS;
  if (stage === "captured") return { ...asked, submittedAt, updatedAt: submittedAt };
  const analysedAt = submittedAt + random.int(2 * HOUR_MS, 60 * HOUR_MS);
  const reviewedAt = analysedAt + random.int(8, 70) * MINUTE_MS;
  const analysed = { ...asked, submittedAt, analysedAt, updatedAt: reviewedAt };
  return stage === "completed" ? { ...analysed, completedAt: reviewedAt } : analysed;
}

function totalOf(counts: Record<Phase, number> | undefined): number {
  return counts ? PHASES.reduce((sum, phase) => sum + counts[phase], 0) : 0;
}
