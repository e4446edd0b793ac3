import type { Scenario } from "./types";

export const smokeAlarm: Scenario = {
  hours: [6, 10],
  duration: [18, 30],
  places: [
    { label: "Kitchen", text: "in the kitchen" },
    { label: "Dining room", text: "in the dining room" },
  ],
  details: {
    food: ["toast", "crumpets", "raisin bread", "waffles"],
    meeting: ["under the big tree", "by the letterbox", "on the nature strip"],
  },
  narrative: {
    before_event: [
      [
        "{full} was making {his} own breakfast {place} at {site}, which is one of {his} goals.",
        "As on most mornings, {full} was making breakfast {place} at {site} with me nearby.",
      ],
      [
        "{^he} put {food} into the toaster at {t-4}.",
        "At about {t-4} {he} started the toaster with {food} in it.",
      ],
      [
        "I was setting out the plates, and {w} was helping others to get dressed.",
        "{w} was at the other end of the house, and I was at the bench.",
      ],
      [
        "The toaster's dial had been turned up to the highest setting.",
        "Nobody had noticed that the toaster no longer pops up by itself.",
      ],
    ],
    during_event: [
      [
        "At {t} the {food} began to smoke, and the alarm in the hallway went off.",
        "The {food} burnt, and at {t} the smoke alarm sounded through the house.",
      ],
      [
        "{p} froze and said, 'Fire, fire.'",
        "{p} put {his} hands over {his} ears and did not want to move.",
      ],
      [
        "I switched the toaster off at the wall, saw no flame, and walked out with {p} by the back door.",
        "There was smoke but no flame. I turned off the power point and asked {p} to come outside with me.",
      ],
      [
        "{w} brought everyone else out to the meeting point {meeting}.",
        "{w} followed the evacuation plan with the others and met us {meeting}.",
      ],
    ],
    end_event: [
      [
        "Everyone was {meeting} by {t+4}, and {w} called the roll.",
        "The roll was called {meeting} at {t+4}: all were there.",
      ],
      [
        "The fire brigade came at {t+10}, checked the house and let us back in at {end}.",
        "Two firefighters looked through the house and told us at {end} that it was safe.",
      ],
      [
        "One of them showed {p} the truck, which {he} enjoyed very much.",
        "{p} waved to the crew and told them what had happened.",
      ],
    ],
    post_event: [
      [
        "The house was aired, and {p} made a second breakfast with me.",
        "We opened the windows, and {p} had cereal instead.",
      ],
      [
        "{p} said that the noise had been scary, but that {he} knew where to go.",
        "{^he} asked a few times whether the house would burn down, and I explained that it would not.",
      ],
      [
        "The toaster has been thrown out and a new one bought.",
        "{lead} had the toaster replaced the same day.",
      ],
      [
        "{lead} recorded the evacuation as a drill as well, with a time of four minutes.",
        "I told {lead} at {end+10}, and the evacuation sheet is filled in.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "How much support does {p} need to make breakfast?",
        answers: [
          "Someone nearby, and a reminder now and then. {^he} works the toaster {himself}.",
          "Line of sight supervision. I was at the bench, two steps away.",
        ],
      },
      {
        ask: "Was the toaster in good order?",
        answers: [
          "It turned out that it no longer popped up reliably. Nobody had reported it.",
          "The dial had been turned to the highest setting. We do not know by whom.",
        ],
      },
      {
        ask: "When was the last evacuation drill at {site}?",
        answers: [
          "About three months ago. {p} took part and did well.",
          "In autumn, according to the sheet in the office.",
        ],
      },
    ],
    during_event: [
      {
        ask: "How did {p} react to the alarm?",
        answers: [
          "{^he} froze, then came along when I offered my arm.",
          "{^he} covered {his} ears and said 'fire' a few times, but walked out with me.",
        ],
      },
      {
        ask: "Was there a flame, and did anyone try to put it out?",
        answers: [
          "No flame, only smoke. I turned it off at the wall and left it.",
          "No. I did not open it or move it.",
        ],
      },
      {
        ask: "How did the others get out?",
        answers: [
          "With {w}, through the front door, as the plan says.",
          "{w} brought them out. One person needed the wheelchair, which was ready in the hall.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How long did the evacuation take?",
        answers: [
          "Four minutes from the alarm to the roll call {meeting}.",
          "By {t+4} everyone was {meeting}.",
        ],
      },
      {
        ask: "What did the fire brigade find?",
        answers: [
          "Burnt {food} and light smoke. No damage.",
          "That it was the toaster only. They looked at the power point, and it was fine.",
        ],
      },
      {
        ask: "Did anyone breathe in smoke or feel unwell?",
        answers: [
          "No. Nobody was coughing, and the firefighters asked everyone.",
          "Nobody. We were outside within minutes.",
        ],
      },
    ],
    post_event: [
      {
        ask: "What was done about the toaster?",
        answers: [
          "It was thrown out, and {lead} bought a new one with an automatic stop.",
          "Replaced the same day. The new one's dial has a mark at the right setting.",
        ],
      },
      {
        ask: "How does {p} feel about making breakfast now?",
        answers: [
          "Keen. {^he} wants to make {food} again soon, with the new rules.",
          "A little unsure. We will do it together for the rest of the week.",
        ],
      },
      {
        ask: "Was the rest of the routine disturbed?",
        answers: [
          "The day program started half an hour late for everybody.",
          "Medication was twenty minutes late, within the allowed time.",
        ],
      },
    ],
  },
  omit: ["coworker", "restrictive", "notified"],
  conditions: [
    "A toaster that was not set or not working as it should, which nobody had noticed or reported.",
    "{p} was making {his} own breakfast, a goal that staff rightly support.",
    "The evacuation plan was known and practised, and everyone was out in four minutes.",
  ],
  classifications: [
    {
      type: "environmental",
      severity: "medium",
      evidence:
        "Burnt {food} set off the smoke alarm at {site}; the house was evacuated and the fire brigade attended.",
    },
    {
      type: "behavioural",
      severity: "low",
      evidence: "{p} froze at the sound of the alarm and needed one-to-one support to leave.",
    },
  ],
};
