import type { Scenario } from "./types";

export const lowGlucose: Scenario = {
  hours: [10, 16],
  duration: [20, 40],
  places: [
    { label: "Leisure centre", text: "at the leisure centre in {town}", away: true },
    { label: "Walking track", text: "on the walking track by the river in {town}", away: true },
    { label: "Community garden", text: "at the community garden in {town}", away: true },
  ],
  details: {
    snack: ["a sandwich", "crackers and cheese", "a banana and some nuts"],
    exercise: [
      "a longer walk than usual",
      "half an hour of ball games",
      "a relay game with the group",
      "an hour on {his} feet",
    ],
    low: ["3.1", "3.3", "3.4", "2.9"],
    better: ["5.2", "5.6", "5.9", "6.1"],
    sugar: ["six jelly beans", "a small juice box", "three glucose tablets"],
  },
  narrative: {
    before_event: [
      [
        "{full}, who lives at {site} and has type 1 diabetes, was {place} with {w} and me.",
        "{w} and I were {place} with {full} from {site}, who has type 1 diabetes.",
      ],
      [
        "{^he} had had breakfast and {his} usual insulin.",
        "{^his} insulin had been given with breakfast at the usual time.",
      ],
      [
        "We had just finished {exercise}.",
        "{^he} had enjoyed {exercise} and did not want to stop.",
      ],
      [
        "{^his} glucose was not checked before we started.",
        "The check before exercise was not done because the meter was still in the bag in the van.",
      ],
    ],
    during_event: [
      [
        "At {t} I saw that {p} was pale and sweating and that {his} hands shook.",
        "At {t} {p} became quiet and pale, and {his} answers did not make sense.",
      ],
      [
        "{^he} said that {he} was fine, but {he} spoke slowly.",
        "{^he} was short with me when I asked how {he} was, which is not like {him}.",
      ],
      [
        "I sat {him} down in the shade and checked {his} glucose: {low} mmol/L.",
        "{w} fetched the meter; it showed {low} mmol/L.",
      ],
      [
        "Following the hypo plan I gave {him} {sugar} and stayed with {him}.",
        "As the plan says, {he} had {sugar} straight away, with {w} timing fifteen minutes.",
      ],
    ],
    end_event: [
      [
        "At {t+15} {his} glucose was {better} mmol/L and {his} colour had come back.",
        "The second reading at {t+15} was {better} mmol/L.",
      ],
      ["{^he} ate {snack} to keep it up.", "{p} had {snack} and was joking again."],
      ["By {end} {he} felt well enough to walk to the van.", "At {end} {p} was {himself} again."],
    ],
    post_event: [
      ["We went home, and {p} rested.", "{p} rested for an hour and then ate as planned."],
      [
        "The reading two hours later was normal.",
        "I checked again at {end+60} and at dinner: both in {his} target range.",
      ],
      [
        "I rang the diabetes nurse, who asks for a check before any exercise and a snack if it is under 7.",
        "{lead} spoke with the diabetes educator, who will go over the plan with the team.",
      ],
      [
        "The outing checklist now has a line for the glucose check.",
        "{lead} has added the meter and the hypo kit to the outing checklist.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "When was {p}'s glucose last checked before the incident?",
        answers: [
          "Before breakfast. It was 6.8, in {his} target range.",
          "At breakfast. There was no check before {exercise}, and there should have been.",
        ],
      },
      {
        ask: "What had {p} eaten that day?",
        answers: [
          "Porridge and an apple at breakfast. {^he} did not want morning tea.",
          "Two slices of toast with egg. The snack that we had packed was not eaten.",
        ],
      },
      {
        ask: "Was {exercise} more than {p} is used to?",
        answers: [
          "Yes, by about twenty minutes. {^he} was enjoying it.",
          "A bit more. {^his} plan allows for it with a snack beforehand.",
        ],
      },
      {
        ask: "Where were the meter and the hypo kit?",
        answers: [
          "The kit was in {his} backpack, the meter in the van.",
          "The kit was with us and the meter in the van. It took {w} two minutes to fetch it.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What signs did you see?",
        answers: [
          "Pale skin, sweating, shaking hands, and {he} answered slowly.",
          "{^he} was confused and irritable, which is the first sign in {his} plan.",
        ],
      },
      {
        ask: "What was the reading, and what did you give?",
        answers: [
          "{low} mmol/L, and I gave {sugar}.",
          "It was {low}. {^he} had {sugar}, following the hypo plan.",
        ],
      },
      {
        ask: "Was {p} able to swallow safely?",
        answers: [
          "Yes. {^he} was awake, sitting up and swallowing normally.",
          "Yes, I asked {him} to take a sip of water first.",
        ],
      },
    ],
    end_event: [
      {
        ask: "What was the second reading?",
        answers: ["{better} mmol/L at {t+15}.", "After fifteen minutes it was {better}."],
      },
      {
        ask: "What did {p} eat afterwards?",
        answers: ["{^snack}, and some water.", "{^snack}. {^he} was hungry by then."],
      },
      {
        ask: "Was an ambulance considered?",
        answers: [
          "Yes. We would have called if {he} had not improved by the second reading.",
          "{w} had the phone ready. The plan says to call if {he} cannot swallow or does not respond.",
        ],
      },
    ],
    post_event: [
      {
        ask: "What did the diabetes nurse advise?",
        answers: [
          "A check before every exercise and a snack if it is under 7.",
          "To keep the insulin as it is, and to send in the readings of the next three days.",
        ],
      },
      {
        ask: "Which readings were taken later?",
        answers: [
          "6.4 two hours later, 7.1 before dinner and 7.8 at bedtime.",
          "Three, all in {his} target range. They are in the diabetes diary.",
        ],
      },
      {
        ask: "What has changed in how outings are prepared?",
        answers: [
          "The checklist has a line for the glucose check, with a place for initials.",
          "The meter goes in the backpack with the hypo kit, and nobody leaves without it.",
        ],
      },
    ],
  },
  needs: "diabetes",
  omit: ["plan", "others", "injury", "over"],
  conditions: [
    "Glucose was not checked before exercise, as {p}'s diabetes plan asks.",
    "{^exercise} used more energy than planned for, and no snack was eaten beforehand.",
    "The meter was not carried with the hypo kit.",
    "Staff recognised the signs early and followed the hypo plan.",
  ],
  classifications: [
    {
      type: "medical",
      severity: "high",
      evidence:
        "Glucose of {low} mmol/L with pallor and confusion after {exercise}; {better} mmol/L fifteen minutes after {sugar}.",
    },
    {
      type: "communication",
      severity: "medium",
      evidence:
        "The outing checklist did not mention the check before exercise, and the two workers had not agreed who would do it.",
    },
  ],
};
