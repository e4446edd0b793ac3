import type { Scenario } from "./types";

export const missingMoney: Scenario = {
  hours: [9, 14],
  duration: [20, 60],
  places: [
    { label: "Bedroom", text: "in {p}'s room" },
    { label: "Dining room", text: "at the dining table" },
  ],
  details: {
    amount: ["$35", "$40", "$50", "$65"],
    purchase: ["a birthday present", "a football scarf", "new headphones", "a picture frame"],
    where: [
      "the wallet in {his} bedside drawer",
      "{his} money tin",
      "the blue wallet in {his} desk",
    ],
  },
  narrative: {
    before_event: [
      [
        "{full} and I were {place} at {site} to get {his} money ready for {purchase}.",
        "I was {place} at {site} with {full}, who had been saving for {purchase}.",
      ],
      [
        "The ledger showed that there should be more than {amount} in {where}.",
        "{^he} keeps {his} spending money in {where} and the ledger in the office.",
      ],
      [
        "It was last counted three days earlier and signed by two workers.",
        "The last count, three days before, had been right.",
      ],
      ["{p} was looking forward to the shops.", ""],
    ],
    during_event: [
      [
        "At {t} we counted the money together, and {amount} was missing.",
        "We counted twice at {t}: {amount} less than in the ledger.",
      ],
      [
        "{p} was upset and said that someone had taken it.",
        "{p} became worried and asked whether {he} had lost it.",
      ],
      [
        "I told {him} that I believed {him} and that we would find out.",
        "I said that it was not {his} fault and that it would be looked into.",
      ],
      [
        "{w} and I searched the room with {p}'s permission and went through the receipts.",
        "With {p}'s agreement {w} and I looked through drawers and pockets and checked every receipt.",
      ],
    ],
    end_event: [
      [
        "The money was not found.",
        "We found one receipt that had not been entered, but it was for a small sum only.",
      ],
      [
        "At {end} I locked the wallet in the safe and wrote down the count with {w} as witness.",
        "By {end} the count was written down, signed by {w} and me, and the wallet was in the safe.",
      ],
      [
        "{p} agreed to that and kept the key of {his} drawer.",
        "{p} was asked first, and wanted it in the safe for now.",
      ],
    ],
    post_event: [
      [
        "{lead} was told at {end+6} and has advanced {amount}, so that {p} could still go.",
        "{lead} made sure that {p} had money for {purchase} the same day.",
      ],
      [
        "{p} went to the shops with {w} and came back with {purchase}.",
        "{p} bought {purchase} in the end and showed it to everyone.",
      ],
      [
        "{contact} has been told, and {p} was asked whether {he} wants to speak to the police.",
        "{lead} told {contact} and explained to {p} that {he} may report it to the police.",
      ],
      [
        "An audit of all ledgers at {site} begins this week.",
        "The ledgers of the whole house are being audited.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "When was the money last counted, and by whom?",
        answers: [
          "Three days earlier, by two workers. Both signatures are in the ledger.",
          "Three days before, at the change of shifts. It was right then.",
        ],
      },
      {
        ask: "Who has access to {where}?",
        answers: [
          "{p}, and any worker on shift. The drawer is not locked during the day.",
          "{p} has the key. There is a second one in the office.",
        ],
      },
      {
        ask: "How does {p} manage {his} money?",
        answers: [
          "With support. {^he} knows coins and notes, and likes to count them with us.",
          "{^he} decides what to buy, and we help with the ledger and the receipts.",
        ],
      },
    ],
    during_event: [
      {
        ask: "How was the shortfall found?",
        answers: [
          "By counting together before we went out. We counted twice.",
          "{p} noticed first that there were too few notes.",
        ],
      },
      {
        ask: "How much was missing, and how do you know?",
        answers: [
          "{amount}, the difference between the ledger and the count.",
          "{amount}. The ledger and the receipts agree with each other.",
        ],
      },
      {
        ask: "Where did you search?",
        answers: [
          "{^his} room, coat pockets, laundry and the van, always with {p}.",
          "In {his} room with {his} permission, and in the office.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How was the remaining money made safe?",
        answers: [
          "It is in the office safe, and {w} and I signed for the count.",
          "In a sealed envelope in the safe, with the amount and two signatures on it.",
        ],
      },
      {
        ask: "How did {p} feel at that point?",
        answers: [
          "Calmer, because the rest was safe. {^he} still wanted to know who did it.",
          "Sad. {^he} had saved for {purchase} for weeks.",
        ],
      },
      {
        ask: "Was everything written down at the time?",
        answers: [
          "Yes, with times, in the ledger and in the communication book.",
          "Yes. I took a copy of the ledger page for {lead}.",
        ],
      },
    ],
    post_event: [
      {
        ask: "Was {p} able to buy what {he} wanted?",
        answers: ["Yes, {lead} advanced the money, and {w} went along.", "Yes, the same day."],
      },
      {
        ask: "Will the matter be reported further?",
        answers: [
          "{lead} is deciding about that with the manager. {p} has been told that {he} may go to the police.",
          "It is being treated as a possible theft until the audit is done.",
        ],
      },
      {
        ask: "What changes to how money is kept?",
        answers: [
          "A count at each change of shift, and a lock for {p}'s drawer.",
          "The ledger is kept with the money, and two people sign every time.",
        ],
      },
    ],
  },
  omit: [
    "sleep",
    "restrictive",
    "coworker",
    "notified",
    "over",
    "injury",
    "wellbeing",
    "communication",
    "history",
    "family",
  ],
  conditions: [
    "Money was counted only every few days, so that the time of the loss is not known.",
    "Several people had access to {where}.",
    "The ledger and the money were kept in different places.",
    "Staff believed {p}, secured what was left and reported it at once.",
  ],
  classifications: [
    {
      type: "other",
      severity: "medium",
      evidence:
        "{amount} of {p}'s money was missing from {where}; possible financial abuse, audit started.",
    },
    {
      type: "communication",
      severity: "low",
      evidence: "The count was not part of the handover between shifts.",
    },
  ],
};
