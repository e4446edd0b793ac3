export type PromptName =
  | "generate_clarification_questions"
  | "enhance_narrative"
  | "analyze_contributing_conditions"
  | "classify_incident"
  | "generate_sample_answers";

interface PromptText {
  readonly version: string;
  /** Days after the platform's start. */
  readonly day: number;
  readonly text: string;
  /** A developer's draft, not in production. */
  readonly isDraft?: true;
}

interface Prompt {
  readonly name: PromptName;
  readonly description: string;
  readonly step: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly input: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
  readonly versions: readonly PromptText[];
}

const REPORT_BLOCK = `Participant: {{participant_name}}
Reporter: {{reporter_name}}
When: {{event_date_time}}
Where: {{location}}

Before the event:
{{before_event}}

During the event:
{{during_event}}

End of the event:
{{end_event}}

After the event:
{{post_event}}`;

const QUESTIONS_V1 = `You help disability support workers to write complete incident reports.

${REPORT_BLOCK}

For each of the four phases write five questions whose answers would make the report clearer. Answer with JSON: {"before_event": [...], "during_event": [...], "end_event": [...], "post_event": [...]}.`;

const QUESTIONS_V2 = `${QUESTIONS_V1}

Rules:
- Ask about what people did and said, times, places, and what helped. Never ask for a diagnosis.
- Do not ask for anything that the report already says.
- One thing per question, in plain English, at most twenty-five words.`;

const QUESTIONS_V3 = `${QUESTIONS_V2}
- Between four and seven questions per phase, most important first.
- Do not blame. Do not suggest an answer.
- Use the participant's first name.`;

const ENHANCE_V1 = `Combine the narrative of a phase with the answers to the clarification questions about it into one account in the first person, in the order in which things happened. Keep every fact, add none, and keep direct speech as it is.

Narrative:
{{narrative}}

Questions and answers:
{{answers}}`;

const ENHANCE_V2 = `${ENHANCE_V1}

If two statements contradict each other keep both and mark them with [check]. Leave unanswered questions out.`;

const ANALYSE_V1 = `You support the team leader of a disability service. From the report below list the conditions that contributed to the incident: in the environment, in the way of working, in communication and in how the person's plan was used. Say what went well, too. No blame, no diagnosis, no recommendations.

${REPORT_BLOCK}

Clarifications:
{{answers}}`;

const ANALYSE_V2 = `${ANALYSE_V1}

Write three to five short points. Each must rest on something that the report says.`;

const CLASSIFY = `Classify the incident as behavioural, environmental, medical, communication or other; more than one may apply. For each give the severity (low, medium, high), a confidence between 0 and 1, and the supporting evidence in one or two sentences. Answer with a JSON array.

${REPORT_BLOCK}

Contributing conditions:
{{contributing_conditions}}`;

const CLASSIFY_DRAFT = `${CLASSIFY}

If the incident may have to be reported to the NDIS Quality and Safeguards Commission, add "reportable": true and say why.`;

const SAMPLE_ANSWERS = `Answer the question as the support worker who wrote the report below might have answered it, in one to three sentences. For use in development only.

${REPORT_BLOCK}

Question: {{question}}`;

/** The prompts of the application, twelve versions in all. */
export const PROMPTS: readonly Prompt[] = [
  {
    name: "generate_clarification_questions",
    description: "Questions that make the four phases of a narrative complete",
    step: "clarification_questions",
    model: "openai/gpt-4.1-mini",
    maxTokens: 2000,
    temperature: 0.3,
    input: { incident: "object", narrative: "object" },
    output: {
      before_event: "string[]",
      during_event: "string[]",
      end_event: "string[]",
      post_event: "string[]",
    },
    versions: [
      { version: "v1.0.0", day: 28, text: QUESTIONS_V1 },
      { version: "v1.1.0", day: 96, text: QUESTIONS_V2 },
      { version: "v1.2.0", day: 168, text: QUESTIONS_V3 },
      {
        version: "v1.3.0-dev",
        day: 231,
        text: `${QUESTIONS_V3}\n- If a plan is mentioned ask which part of it.`,
        isDraft: true,
      },
    ],
  },
  {
    name: "enhance_narrative",
    description: "One account of a phase from the narrative and the answers",
    step: "narrative_enhancement",
    model: "openai/gpt-4.1-mini",
    maxTokens: 1500,
    temperature: 0.2,
    input: { narrative: "string", answers: "object[]" },
    output: { text: "string" },
    versions: [
      { version: "v1.0.0", day: 28, text: ENHANCE_V1 },
      { version: "v1.1.0", day: 121, text: ENHANCE_V2 },
    ],
  },
  {
    name: "analyze_contributing_conditions",
    description: "Conditions that contributed to an incident, for review by the team leader",
    step: "contributing_conditions",
    model: "openai/gpt-4.1",
    maxTokens: 1200,
    temperature: 0.2,
    input: { incident: "object", narrative: "object", answers: "object[]" },
    output: { contributing_conditions: "string", confidence: "number" },
    versions: [
      { version: "v1.0.0", day: 40, text: ANALYSE_V1 },
      { version: "v1.1.0", day: 140, text: ANALYSE_V2 },
    ],
  },
  {
    name: "classify_incident",
    description: "Type and severity with supporting evidence",
    step: "classification",
    model: "openai/gpt-4.1",
    maxTokens: 800,
    temperature: 0,
    input: { incident: "object", narrative: "object", contributing_conditions: "string" },
    output: { classifications: "object[]" },
    versions: [
      { version: "v1.0.0", day: 40, text: CLASSIFY },
      { version: "v1.1.0-dev", day: 225, text: CLASSIFY_DRAFT, isDraft: true },
    ],
  },
  {
    name: "generate_sample_answers",
    description: "Answers for trying out the workflow with the sample company",
    step: "development",
    model: "openai/gpt-4.1-mini",
    maxTokens: 300,
    temperature: 0.8,
    input: { incident: "object", question: "string" },
    output: { answer: "string" },
    versions: [
      { version: "v1.0.0-dev", day: 210, text: SAMPLE_ANSWERS, isDraft: true },
      {
        version: "v1.0.1-dev",
        day: 228,
        text: `${SAMPLE_ANSWERS}\n\nVary the length of the answers.`,
        isDraft: true,
      },
    ],
  },
];
