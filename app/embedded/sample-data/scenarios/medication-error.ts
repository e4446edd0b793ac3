import type { Scenario } from "./types";

export const medicationError: Scenario = {
  hours: [7, 20],
  duration: [15, 40],
  places: [
    { label: "Kitchen", text: "in the kitchen" },
    { label: "Medication room", text: "in the medication room" },
  ],
  details: {
    adviser: ["the Poisons Information Centre", "the on-call pharmacist"],
    medicine: [
      "{his} blood pressure tablet",
      "{his} reflux tablet",
      "{his} thyroid tablet",
      "{his} antihistamine",
    ],
    error: [
      "{he} had been given the tablets from the next day's pocket of the blister pack",
      "the same dose had already been given by the shift before and not signed for",
      "the dose had been given two hours early",
    ],
    interruption: [
      "the phone rang",
      "someone at the door needed an answer",
      "I was called to help with a hoist transfer",
    ],
  },
  narrative: {
    before_event: [
      [
        "I was preparing the medication round {place} at {site} and was about to support {full}.",
        "{full} came for {his} tablets at about {t-15}, while I was {place} at {site}.",
      ],
      [
        "While I had {his} blister pack in my hand, {interruption}.",
        "I had opened the chart, and then {interruption}.",
      ],
      [
        "{w} was due to be the second checker but was with someone else.",
        "The second check by {w} was not done, because we were behind.",
      ],
      [
        "{p} was well and chatted about {his} day.",
        "{p} was in a good mood and pressed the tablets out {himself}.",
      ],
    ],
    during_event: [
      [
        "{p} took {his} tablets, {medicine} among them, with a glass of water at {t-10}.",
        "At {t-10} {p} took the tablets, including {medicine}.",
      ],
      [
        "When I came to sign the chart at {t}, I saw that {error}.",
        "At {t} {w} looked at the chart and found that {error}.",
      ],
      [
        "I told {p} straight away that a mistake had been made and that it was mine.",
        "I told {p} honestly what had happened and that we would get advice.",
      ],
      [
        "{^he} felt well and asked whether {he} would be sick.",
        "{p} had no complaints and wanted to go back to {his} program.",
      ],
    ],
    end_event: [
      [
        "I rang {adviser} at {t+5}; the advice was to watch {him} at home.",
        "{^adviser}, whom I rang at {t+5}, did not expect any harm.",
      ],
      [
        "{w} took {p}'s blood pressure and pulse, and both were normal.",
        "We measured {p}'s blood pressure and pulse: both normal for {him}.",
      ],
      [
        "By {end} we had the advice in writing and a plan for the next doses.",
        "At {end} the next doses had been agreed on the phone and written on the chart.",
      ],
    ],
    post_event: [
      [
        "{p} was checked every half hour for four hours and stayed well.",
        "Checks until bedtime showed nothing unusual.",
      ],
      [
        "{lead} was told at {end+5}, and {contact} was told by {lead}.",
        "I told {lead} at {end+5} and rang {contact}, {p}'s {relation}, myself.",
      ],
      [
        "The prescriber has been informed in writing.",
        "{^his} doctor's practice was informed the same day.",
      ],
      [
        "I will do the medication refresher next week, and rounds are no longer to be interrupted.",
        "{lead} has introduced a 'do not disturb' vest for medication rounds.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Was the medication round interrupted?",
        answers: [
          "Yes, {interruption} while I had the pack in my hand.",
          "Yes. {^interruption}, and I lost my place on the chart.",
        ],
      },
      {
        ask: "Was the second check done before the tablets were given?",
        answers: [
          "No. {w} was busy, and I did not wait. I should have.",
          "Not that time. It is in the procedure, and we skipped it because we were late.",
        ],
      },
      {
        ask: "Which medicines were involved?",
        answers: [
          "{^medicine} and {his} vitamin tablet. No others.",
          "{^medicine}. The name, dose and batch are in the attached chart.",
        ],
      },
    ],
    during_event: [
      {
        ask: "When and how was the mistake noticed?",
        answers: [
          "At {t}, when the chart was to be signed.",
          "About ten minutes after {p} took the tablets, on comparing the pack with the chart.",
        ],
      },
      {
        ask: "What exactly was the mistake?",
        answers: [
          "It turned out that {error}.",
          "The chart shows that {error}. The person and the medicine were right.",
        ],
      },
      {
        ask: "What did you tell {p}?",
        answers: [
          "That I had made a mistake with {his} tablets, that I was sorry, and that I was ringing for advice.",
          "The truth, in plain words. {^he} asked two questions, and I answered both.",
        ],
      },
    ],
    end_event: [
      {
        ask: "Who gave advice, and what was it?",
        answers: [
          "{^adviser}. The advice was to watch {him} and to go by what {he} tells us.",
          "{^adviser}. No treatment was needed, and {he} could eat and drink as usual.",
        ],
      },
      {
        ask: "Which observations were taken?",
        answers: [
          "Blood pressure and pulse at {t+8} and again at {end}. Both were normal.",
          "{w} took blood pressure, pulse and temperature. All normal for {p}.",
        ],
      },
      {
        ask: "What was agreed about the next doses?",
        answers: [
          "The next one is left out, then back to the usual times. It is written on the chart.",
          "No change, except that the next dose is given two hours later.",
        ],
      },
    ],
    post_event: [
      {
        ask: "How was {p} in the hours after?",
        answers: [
          "Well. {^he} ate dinner, watched television and slept as usual.",
          "No change at any check. {^he} was a bit annoyed about being asked so often.",
        ],
      },
      {
        ask: "What will be done to prevent this mistake?",
        answers: [
          "No interruptions during rounds, and no tablets without the second check.",
          "{lead} is changing the round to two people, with the phone diverted.",
        ],
      },
      {
        ask: "Has the prescriber been told?",
        answers: [
          "Yes, the practice was told by phone and by letter.",
          "Yes, on the same day. They have noted it and want no further tests.",
        ],
      },
    ],
  },
  omit: [
    "coworker",
    "communication",
    "duration",
    "restrictive",
    "over",
    "injury",
    "notified",
    "others",
    "family",
    "history",
  ],
  conditions: [
    "The medication round was interrupted: {interruption}.",
    "The second check was not done before {p} took the tablets.",
    "The round had started late, and staff felt hurried.",
    "The mistake was noticed within minutes, advice was sought at once, and {p} was told openly.",
  ],
  classifications: [
    {
      type: "medical",
      severity: "medium",
      evidence:
        "Medication error: {error}. Advice was sought within minutes, and observations stayed normal.",
    },
    {
      type: "communication",
      severity: "medium",
      evidence:
        "The second check did not take place, and the interruption was not handed to anyone else.",
    },
  ],
};
