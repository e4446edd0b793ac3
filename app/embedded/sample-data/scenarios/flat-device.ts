import type { Scenario } from "./types";

export const flatDevice: Scenario = {
  hours: [9, 18],
  duration: [15, 40],
  places: [
    { label: "Dining room", text: "in the dining room" },
    { label: "Activity room", text: "in the activity room" },
    { label: "Cafe", text: "at the cafe in {town}", away: true },
  ],
  details: {
    help: ["pictures on paper", "the picture cards on {w}'s phone"],
    want: [
      "to ring {contact}",
      "to change {his} lunch order",
      "to go to the toilet",
      "to sit further away from the door",
    ],
    device: ["speech tablet", "communication tablet", "talking device"],
    sign: [
      "tapped the dark screen again and again",
      "pushed the device across the table",
      "pulled at my sleeve and pointed at the screen",
    ],
  },
  narrative: {
    before_event: [
      [
        "{full}, who speaks with a {device}, was {place} with {w} and me. {^he} is supported at {site}.",
        "{w} and I supported {full} from {site} {place}. {^he} communicates with a {device}.",
      ],
      [
        "The {device} had not been put on its charger the night before.",
        "The {device}'s battery was low in the morning, and nobody plugged it in.",
      ],
      [
        "{^his} paper communication book had been left in {his} room.",
        "We did not have the paper communication book with us.",
      ],
      [
        "{p} was cheerful and greeted everyone.",
        "{p} had been using the device a lot that morning.",
      ],
    ],
    during_event: [
      [
        "At {t} the {device} switched itself off while {p} was telling me something.",
        "At {t} the screen of the {device} went dark in the middle of a sentence.",
      ],
      ["{p} {sign}.", "{^he} {sign} and made a loud sound."],
      [
        "I did not understand what {he} needed and guessed wrongly three times.",
        "I asked several questions at once, which did not help.",
      ],
      [
        "{^he} began to cry and hit the table with {his} hand.",
        "{p} hit the table with {his} hand and turned {his} face away.",
      ],
    ],
    end_event: [
      [
        "{w} tried {help} and asked yes or no questions.",
        "With {help} {w} asked one thing at a time, and {p} pointed.",
      ],
      [
        "It turned out that {he} wanted {want}.",
        "With that {he} showed us that {he} wanted {want}.",
      ],
      [
        "We saw to it at once, and by {end} {p} was smiling again.",
        "Once that was done {he} relaxed; it was over at {end}.",
      ],
    ],
    post_event: [
      [
        "I apologised to {p} for the flat battery.",
        "I said sorry to {p}: it was our job to charge the device.",
      ],
      [
        "{^his} hand was a little red for some minutes.",
        "{^his} hand was a little red, and {he} did not want a cold pack.",
      ],
      [
        "The {device} was charged by {end+60} and {p} told {contact} the story {himself}.",
        "When the {device} was charged, {p} used it to tell {lead} what {he} thought of the day.",
      ],
      [
        "{lead} has put charging on the night shift's list, and a spare battery pack is on order.",
        "The paper book now travels in {p}'s bag, and {lead} added charging to the night list.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Who is responsible for charging {p}'s {device}?",
        answers: [
          "The night shift, but it was not written down anywhere.",
          "It is in {p}'s plan as 'staff', without saying which shift.",
        ],
      },
      {
        ask: "Was a backup way of communicating available?",
        answers: [
          "{^his} paper book, but it was in {his} room.",
          "Not with us. We usually take the paper book and forgot it.",
        ],
      },
      {
        ask: "How does {p} show that {he} is not being understood?",
        answers: [
          "{^he} points, then gets louder. If that does not help {he} turns away.",
          "{^he} looks from me to the device and back. I know that sign and was too slow.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What was {p} trying to say?",
        answers: [
          "That {he} wanted {want}. We found out only later.",
          "{^he} wanted {want}, and I had guessed that {he} was hungry.",
        ],
      },
      {
        ask: "How did {p} show {his} frustration?",
        answers: [
          "{^he} {sign}, and then cried.",
          "{^he} {sign}. After that {he} hit the table once with {his} hand.",
        ],
      },
      {
        ask: "What did you try, and what did not work?",
        answers: [
          "I asked one thing after another. That was too much without {his} device.",
          "Guessing did not work. Waiting and offering pictures did.",
        ],
      },
    ],
    end_event: [
      {
        ask: "What helped {p} to make {himself} understood?",
        answers: [
          "{^help}, and simple yes or no questions from {w}.",
          "{^help}. {^he} chose the right one within a minute.",
        ],
      },
      {
        ask: "Was {p}'s request met?",
        answers: ["Yes, straight away.", "Yes. {^he} wanted {want}, and we made sure of it."],
      },
      {
        ask: "Was {p}'s hand looked at?",
        answers: [
          "Yes, {he} showed it to me. It was only a little red.",
          "{w} looked at it. No treatment was needed.",
        ],
      },
    ],
    post_event: [
      {
        ask: "How will the {device} be kept charged?",
        answers: [
          "The night shift signs for it, and there is a charger in the van.",
          "It is on the list for the night shift, with a check at breakfast.",
        ],
      },
      {
        ask: "What did {p} say about it afterwards?",
        answers: [
          "With the device: 'Charge my talker.' {lead} has made that the title of the new checklist.",
          "{^he} told us that {he} felt 'stuck', and that {he} wants to carry the paper book {himself}.",
        ],
      },
      {
        ask: "Will the speech pathologist be involved?",
        answers: [
          "Yes, {lead} has asked for a visit and for a better paper board.",
          "{lead} sent an email. The next appointment is in two weeks.",
        ],
      },
    ],
  },
  needs: "speech_device",
  omit: ["communication", "injury", "over"],
  conditions: [
    "The {device} was not charged, and no shift was named as responsible for it.",
    "The paper communication book was not at hand.",
    "{p} had no way to say that {he} wanted {want}.",
    "Too many questions at once added to {his} frustration; pictures and waiting resolved it.",
  ],
  classifications: [
    {
      type: "communication",
      severity: "medium",
      evidence: "{p}'s {device} went flat, and {he} could not tell staff that {he} wanted {want}.",
    },
    {
      type: "behavioural",
      severity: "low",
      evidence: "{p} {sign} out of frustration and settled once {he} was understood.",
    },
  ],
};
