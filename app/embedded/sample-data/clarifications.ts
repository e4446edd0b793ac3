import type { Doc } from "../../../convex/_generated/dataModel";
import type { PromptVersion } from "./ai-prompts";
import { SECOND_MS } from "./clock";
import { COMMON_QUESTIONS } from "./scenarios/common-questions";
import { PHASES, type Phase, type Question, type Scenario } from "./scenarios/types";
import type { Story } from "./story";
import type { World } from "./world";

export interface Clarification {
  readonly phase: Phase;
  readonly order: number;
  readonly questionId: string;
  readonly questionText: string;
  readonly isActive: boolean;
  readonly answer?: { readonly text: string; readonly at: number; readonly isComplete: boolean };
}

/** What can be asked about a scenario in a phase. */
export function questionsFor(scenario: Scenario, phase: Phase): readonly Question[] {
  const common = COMMON_QUESTIONS[phase].filter(({ topic }) => !scenario.omit.includes(topic));
  return [...scenario.questions[phase], ...common];
}

/**
 * Draws up the questions about a story, `counts` by phase, and `answerCount` answers from
 * `firstAnswerAt` on. While a report is being captured they are answered in order, and the last
 * one is still being written.
 */
export function draftClarifications(
  world: World,
  story: Story,
  counts: Readonly<Record<Phase, number>>,
  answerCount: number,
  firstAnswerAt: number,
): Clarification[] {
  const { random } = world;
  const questions = PHASES.flatMap((phase) =>
    random
      .sample(questionsFor(story.scenario, phase), counts[phase])
      .map((question, index) => ({ phase, order: index + 1, question })),
  );
  const isCapturing = story.stage === "capturing";
  const answered = new Set(
    isCapturing ? questions.slice(0, answerCount) : random.sample(questions, answerCount),
  );
  let answerAt = firstAnswerAt;
  let answersLeft = answerCount;
  return questions.map((item) => {
    const { phase, order, question } = item;
    const base = {
      phase,
      order,
      questionId: `${phase}_${order}_${random.hex(8)}`,
      questionText: story.tell(random.pick([question.ask].flat())),
    };
    // Only what nobody answered yet is ever withdrawn.
    if (!answered.has(item)) return { ...base, isActive: isCapturing || !random.chance(0.1) };
    answersLeft -= 1;
    answerAt += random.int(25, 180) * SECOND_MS;
    const isComplete = !isCapturing || answersLeft > 0;
    const text = story.tell(random.pick(question.answers));
    return { ...base, isActive: true, answer: { text, at: answerAt, isComplete } };
  });
}

export function addClarifications(
  { store, random }: World,
  incident: Doc<"incidents">,
  story: Story,
  clarifications: readonly Clarification[],
  generatedAt: number,
  prompt: PromptVersion,
): void {
  clarifications.forEach((clarification, index) => {
    const { phase, order, questionId, questionText, isActive, answer } = clarification;
    store.insert(
      "clarification_questions",
      generatedAt,
      {
        incident_id: incident._id,
        question_id: questionId,
        phase,
        question_text: questionText,
        question_order: order,
        generated_at: generatedAt,
        ai_model: prompt.model,
        prompt_version: prompt.version,
        is_active: isActive,
      },
      index,
    );
    if (answer === undefined) return;
    store.insert("clarification_answers", answer.at, {
      incident_id: incident._id,
      question_id: questionId,
      answer_text: answer.text,
      phase,
      answered_at: answer.at,
      answered_by: story.reporter._id,
      updated_at: answer.at + (random.chance(0.2) ? random.int(5, 20) * SECOND_MS : 0),
      is_complete: answer.isComplete,
      character_count: answer.text.length,
      word_count: answer.text.split(/\s+/).length,
    });
  });
}

/** The complete answers of a phase as one paragraph. */
export function answersAsProse(clarifications: readonly Clarification[], phase: Phase): string {
  return clarifications
    .flatMap(({ phase: own, answer }) => (own === phase && answer?.isComplete ? [answer.text] : []))
    .join(" ");
}
