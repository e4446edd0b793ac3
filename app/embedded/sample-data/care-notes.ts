import type { Need } from "./scenarios/types";

/** Sentences of `participants.care_notes`; slots as in `participants.ts`. */
export const CARE_NOTES = [
  "Give {p} at least ten seconds to answer before asking again; {he} likes to finish {his} own sentences.",
  "{full} has lived at {site} since joining {company} and likes to show visitors the garden.",
  "{p} finds sudden loud noise distressing. {^his} headphones hang by the front door and {he} knows where they are.",
  "{contact}, {his} {relation}, visits most Sundays and likes a call from {lead} the same day if anything happens.",
  "Key worker is {worker}. {p} asks for {worker} by name when {he} is worried.",
  "Blister packs are checked by two staff. {p} takes tablets with yoghurt and likes to press them out {himself}.",
  "{p} manages {his} own money with support and keeps receipts in a blue wallet.",
  "{p} likes a visual timetable each morning. Changes are easier for {him} when {he} moves the cards {himself}.",
  "{p} follows local football closely, and a chat about the weekend's game is a good way to start a shift with {him}.",
  "Do not rush the morning routine: {p} showers first, then coffee, then the news on the radio.",
  "{p} makes {his} own breakfast with someone nearby; this is one of {his} goals for the year.",
  "In busy places keep {p} in sight; {he} carries a card with the phone number of {company}.",
] as const;

/** What the notes say first of someone with this condition. */
export const CARE_NOTES_BY_NEED: Readonly<Record<Need, string>> = {
  epilepsy:
    "{p} has epilepsy. The current seizure management plan is in the front of {his} folder and must go with {him} on outings.",
  diabetes:
    "{p} has type 1 diabetes: check glucose before meals and before exercise. The hypo kit is in {his} backpack.",
  speech_device:
    "{p} speaks with a tablet and has a paper communication book as a backup. The tablet is charged at night.",
};
