import type { Scenario } from "./types";

export const cancelledOuting: Scenario = {
  hours: [9, 15],
  duration: [10, 30],
  places: [
    { label: "Front entrance", text: "at the front entrance" },
    { label: "Hallway", text: "in the hallway" },
    { label: "Driveway", text: "in the driveway" },
  ],
  details: {
    outing: [
      "swimming",
      "the community garden",
      "the art class at the library",
      "ten-pin bowling",
      "the craft market",
    ],
    cause: [
      "the house van would not start",
      "the venue rang to say that it had to close for the day",
      "the second worker for the outing had called in sick",
    ],
    bag: ["{his} backpack", "{his} sports bag", "{his} hat and drink bottle"],
  },
  narrative: {
    before_event: [
      [
        "{full} had been looking forward to {outing} all morning and was waiting {place} at {site} from {t-30}.",
        "{full} was ready early for {outing} and waited {place} at {site} with {bag}.",
      ],
      [
        "{^his} visual timetable showed the outing for {t}.",
        "The outing was on {his} timetable, and {he} had ticked off everything before it.",
      ],
      ["At {t-5} I learnt that {cause}.", "Shortly before we were to leave, {cause}."],
      ["", "{w} and I talked quickly about what we could offer instead."],
    ],
    during_event: [
      [
        "At {t} I told {p} that we could not go to {outing} today.",
        "I sat down beside {p} at {t} and explained that {outing} was off for today and why.",
      ],
      [
        "{^he} said 'No, going now' several times and began to cry.",
        "{p} shouted that it was on the timetable and that I had promised.",
      ],
      [
        "{^he} threw {bag} to the ground and kicked the door twice.",
        "{p} dropped {bag}, hit the wall with an open hand and pushed past me into the garden.",
      ],
      [
        "I said that I understood why {he} was upset and did not try to talk {him} out of it.",
        "{w} and I both gave {him} space and kept {him} in sight.",
      ],
    ],
    end_event: [
      [
        "After about ten minutes {p} sat down on the step and let me sit near {him}.",
        "{p} walked around the garden for a while and then sat down on the bench.",
      ],
      [
        "I offered two cards: a walk to the shops, or baking at home. {^he} chose the walk.",
        "{w} brought the timetable, and {p} moved the card for {outing} to the next free day {himself}.",
      ],
      ["By {end} {he} was calm.", "It was over at {end}, after {minutes}."],
    ],
    post_event: [
      [
        "{p} and I went for a walk and bought a drink at the corner shop.",
        "{p} had a cup of tea, then {he} and I walked around the block.",
      ],
      [
        "I looked at {p}'s hand and foot, and there was no redness or swelling.",
        "{p} said that nothing hurt, and I could see no mark.",
      ],
      [
        "{lead} was told at {told} and is booking another day for {outing}.",
        "I rang {lead}, who has arranged {outing} for later in the week.",
      ],
      ["In the evening {p} checked the timetable and smiled at the new card.", ""],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "When and how did you learn that the outing could not go ahead?",
        answers: [
          "At {t-5}. That is when we found out that {cause}.",
          "Only about five minutes before leaving, because {cause}.",
        ],
      },
      {
        ask: "How important is {outing} to {p}?",
        answers: [
          "Very. It is the part of the week {he} talks about most.",
          "{^he} has not missed it for two months and has friends there.",
        ],
      },
      {
        ask: "Was there a second plan on {p}'s timetable?",
        answers: [
          "No, there was no 'maybe' card. {p}'s plan says there should be one for every outing.",
          "Not that day. We usually put up two choices, and it was forgotten.",
        ],
      },
    ],
    during_event: [
      {
        ask: "How did you tell {p} the news?",
        answers: [
          "I sat beside {him}, used the timetable and said it in one sentence, then gave the reason.",
          "Face to face, with the 'not today' card. I should have had the other choices in my hand already.",
        ],
      },
      {
        ask: "What did {p} do when {he} became upset?",
        answers: [
          "{^he} cried, threw {bag} down and hit out at the door and wall, not at people.",
          "{^he} shouted, dropped {bag} and went into the garden, where {he} walked up and down.",
        ],
      },
      {
        ask: "How did you keep {p} safe?",
        answers: [
          "We kept the front gate in view and stayed about three metres away.",
          "{w} stood where {w} could see the gate, and I moved the pot plants out of the way.",
        ],
      },
    ],
    end_event: [
      {
        ask: "What helped {p} to calm down?",
        answers: [
          "Time, and seeing the outing on another day. Moving the card {himself} made the difference.",
          "Being listened to, and having a real choice of something else to do.",
        ],
      },
      {
        ask: "What did {p} choose to do instead?",
        answers: [
          "A walk with me to the corner shop.",
          "{^he} chose the walk first and said that baking could be for tomorrow.",
        ],
      },
      {
        ask: "Was any property damaged?",
        answers: [
          "There is a scuff beside the door. Nothing that needs repair.",
          "No. {^bag} was picked up and everything in it was fine.",
        ],
      },
    ],
    post_event: [
      {
        ask: "Has another date been arranged for {outing}?",
        answers: [
          "Yes, {lead} booked it the same afternoon and {p} knows the day.",
          "It is on the timetable for later in the week, with a 'maybe' card beside it.",
        ],
      },
      {
        ask: "What could be done differently if an outing is cancelled again?",
        answers: [
          "Have two other choices ready before telling {him}, and tell {him} as soon as we know.",
          "Check the van and the roster the evening before, so that {p} is not already waiting at the door.",
        ],
      },
      {
        ask: "Did {p} mention the outing again later?",
        answers: [
          "Twice. Both times I pointed to the new card and {he} nodded.",
          "{^he} told {w} about it at dinner, and then talked about what {he} will do there next time.",
        ],
      },
    ],
  },
  omit: [],
  conditions: [
    "Short notice: staff learnt only minutes before departure that {cause}.",
    "No alternative was on {p}'s visual timetable, although {his} plan asks for one.",
    "{p} values {outing} highly and had been waiting for some time.",
    "Staff gave space, acknowledged {his} disappointment and offered a real choice.",
  ],
  classifications: [
    {
      type: "behavioural",
      severity: "medium",
      evidence:
        "{p} shouted, threw {bag} and struck the door or wall when told that {outing} was cancelled; nobody was hurt.",
    },
    {
      type: "communication",
      severity: "low",
      evidence:
        "The change was explained without an alternative on the timetable, and at short notice.",
    },
  ],
};
