import prettier from "prettier";

/**
 * The generated part of docs/guides/privacy.md: what the export policy does to each field.
 *
 * @typedef {import("../../convex/model/policyTypes").FieldClass} FieldClass
 * @typedef {import("../../convex/model/policyTypes").PersonalKind} PersonalKind
 *
 * @typedef {object} Policy
 * @property {string} version
 * @property {Readonly<Record<string, { excluded: string } | { fields: Readonly<Record<string, FieldClass>> }>>} tables
 */

const BEGIN = "<!-- Made from convex/exportPolicy.ts by `npm run privacy-guide`. Do not edit. -->";
const END = "<!-- End of what is made from the policy. -->";

const AS_IT_IS = "as it is";

/** @type {Record<PersonalKind, [name: string, pseudonym: string]>} */
const PERSONAL = {
  participant_name: ["participant's name", "`Participant 7Q2F9KXM`"],
  participant_first_name: ["participant's first name", "`Participant`"],
  participant_last_name: ["participant's last name", "`7Q2F9KXM`, the code of the full name"],
  user_name: ["user's name", "`User 3K9D8MZA`"],
  contact: ["contact", "`Person 5T0WQ2BX (mother) phone-8c41n7ke`"],
  email: ["email", "`user-3k9d8mza@example.invalid`"],
  phone: ["phone number", "`phone-8c41n7ke`"],
  ndis_number: ["NDIS number", "`ndis-q6v2hw0d`"],
  date_of_birth: ["date of birth", "the year"],
  image_url: ["image URL", "`https://example.invalid/image-m3x7rc5g`"],
  account_id: ["account id", "`account-z1fy84jn`"],
};

/**
 * The name of a class, and what happens to a field of it in either profile.
 *
 * @param {FieldClass} cls
 * @returns {[name: string, redacted: string, pseudonymised: string]}
 */
function describeClass(cls) {
  if (typeof cls === "object") {
    if ("public" in cls) return ["public text", AS_IT_IS, "searched for people"];
    const [name, pseudonym] = PERSONAL[cls.personal];
    return [`personal: ${name}`, AS_IT_IS, pseudonym];
  }
  switch (cls) {
    case "public":
    case "reference":
      return [cls, AS_IT_IS, AS_IT_IS];
    case "sensitive":
      return [cls, AS_IT_IS, "searched for people"];
    case "credential":
      return [cls, "fingerprint", "fingerprint"];
    case "opaque":
      return [cls, "searched for credentials", "searched for credentials and people"];
    case "excluded":
      return [cls, "left out", "left out"];
  }
}

/**
 * @param {Policy} policy
 * @returns {string} Markdown
 */
function describePolicy({ version, tables }) {
  const lines = [`This is version ${version} of the policy; every file names its own.`];
  for (const [table, entry] of Object.entries(tables)) {
    if (!("fields" in entry)) continue;
    lines.push("", `### ${table}`, "", "| field | class | `redacted` | `pseudonymised` |");
    lines.push("| --- | --- | --- | --- |");
    for (const [field, cls] of Object.entries(entry.fields)) {
      lines.push(`| \`${field}\` | ${describeClass(cls).join(" | ")} |`);
    }
  }
  lines.push("", "### Tables that are left out", "", "| table | why |", "| --- | --- |");
  for (const [table, entry] of Object.entries(tables)) {
    if ("excluded" in entry) lines.push(`| \`${table}\` | ${entry.excluded} |`);
  }
  return lines.join("\n");
}

/**
 * The guide with its generated part made anew; what people wrote stays.
 *
 * @param {string} guide
 * @param {Policy} policy
 * @returns {Promise<string>}
 */
export async function renderPrivacyGuide(guide, policy) {
  const [before, rest, ...more] = guide.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error("docs/guides/privacy.md must have both markers, once");
  }
  const text = `${before}${BEGIN}\n\n${describePolicy(policy)}\n\n${END}${after}`;
  return await prettier.format(text, { parser: "markdown" });
}
