import type { Doc } from "../../../convex/_generated/dataModel";
import { DAY_MS, HOUR_MS, PLATFORM_START_MS } from "./clock";
import { PROMPTS, type PromptName } from "./prompt-texts";
import type { Organisations, World } from "./world";

export interface PromptVersion {
  readonly name: PromptName;
  readonly version: string;
  readonly model: string;
  readonly template: string;
  readonly from: number;
}

/** Which prompt was in use when. */
export interface PromptHistory {
  /** @throws Error when there was none of that name yet. */
  at(name: PromptName, time: number): PromptVersion;
}

const DEVELOPER_PROMPT_LIFETIME_MS = 14 * DAY_MS;

/** Adds the prompts: versions in production, each replaced by the next, and developers' drafts. */
export function addAiPrompts(world: World, { systemAdmins }: Organisations): PromptHistory {
  const { random, store } = world;
  const history: PromptVersion[] = [];
  for (const prompt of PROMPTS) {
    const owner = random.pick(systemAdmins);
    const timeOfDay = random.int(0, 8 * HOUR_MS);
    let parent: Doc<"ai_prompts"> | undefined;
    prompt.versions.forEach(({ version, day, text, isDraft }, index) => {
      const createdAt = PLATFORM_START_MS + day * DAY_MS + timeOfDay;
      const next = prompt.versions[index + 1];
      const replaced = !isDraft && next && !next.isDraft ? next : undefined;
      const usage = isDraft ? random.int(2, 15) : random.int(40, 400);
      const document = store.insert("ai_prompts", createdAt, {
        prompt_name: prompt.name,
        prompt_version: version,
        prompt_template: text,
        description: prompt.description,
        input_schema: JSON.stringify(prompt.input),
        output_schema: JSON.stringify(prompt.output),
        scope: isDraft ? "developer" : "production",
        ...(isDraft && {
          developer_session_id: `dev_${random.uuid()}`,
          expires_at: createdAt + DEVELOPER_PROMPT_LIFETIME_MS,
        }),
        ...(parent && { parent_prompt_id: parent._id }),
        workflow_step: prompt.step,
        subsystem: "incidents",
        ai_model: prompt.model,
        max_tokens: prompt.maxTokens,
        temperature: prompt.temperature,
        is_active: !isDraft && replaced === undefined,
        created_at: createdAt,
        created_by: owner._id,
        ...(replaced && {
          replaced_at: createdAt + (replaced.day - day) * DAY_MS,
          replaced_by: replaced.version,
        }),
        usage_count: usage,
        average_response_time: random.int(180_000, 720_000) / 100,
        success_rate: random.int(930, 1000) / 1000,
      });
      parent = document;
      if (!isDraft) {
        history.push({
          name: prompt.name,
          version,
          model: prompt.model,
          template: text,
          from: createdAt,
        });
      }
    });
  }
  return {
    at(name, time) {
      const version = history.filter((prompt) => prompt.name === name && prompt.from <= time).pop();
      if (version === undefined) throw new Error(`There was no prompt ${name} at ${time}`);
      return version;
    },
  };
}
