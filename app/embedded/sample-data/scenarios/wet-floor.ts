import type { Scenario } from "./types";

export const wetFloor: Scenario = {
  hours: [6, 20],
  duration: [10, 25],
  places: [
    { label: "Bathroom", text: "in the bathroom" },
    { label: "Laundry", text: "in the laundry" },
    { label: "Kitchen", text: "in the kitchen" },
  ],
  details: {
    footwear: ["socks without shoes", "old slippers with smooth soles"],
    water: [
      "the washing machine hose had been dripping",
      "rain had blown in under the door",
      "the floor had just been mopped",
      "water had splashed over the edge of a bucket",
    ],
    side: ["left", "right"],
    part: ["hip", "elbow", "wrist", "knee"],
  },
  narrative: {
    before_event: [
      [
        "{full} was walking to the sink {place} at {site} to wash {his} hands.",
        "{full} was {place} at {site}, on {his} way to hang up a towel.",
      ],
      ["{^he} was wearing {footwear}.", "On {his} feet {he} had {footwear}."],
      ["Unknown to us, {water}.", "A little earlier {water}, and there was no sign to warn of it."],
      [
        "I was about two metres behind {him}.",
        "I was in the doorway, and {w} was with someone else.",
      ],
    ],
    during_event: [
      [
        "At {t} {p}'s foot slipped and {he} went down on {his} {side} side.",
        "At {t} {he} slipped and landed on {his} {side} side.",
      ],
      [
        "{^he} did not hit {his} head. I saw the whole fall.",
        "I saw {him} fall: {his} {part} took the weight, and {his} head did not touch anything.",
      ],
      [
        "{p} called out, then said that {his} {side} {part} hurt.",
        "{^he} said 'ow' and held {his} {side} {part}.",
      ],
      [
        "I asked {him} to stay still while I looked {him} over, and called {w}.",
        "I knelt beside {him}, asked {him} not to get up yet and called for {w}.",
      ],
    ],
    end_event: [
      [
        "{p} could move {his} arms and legs and answered all my questions.",
        "{w} and I went through the falls checklist with {p}: no dizziness, no confusion, normal movement.",
      ],
      [
        "With a chair beside {him} {he} got up by {himself} at {end}.",
        "After {minutes} {he} got up with a chair for support; we did not lift {him}.",
      ],
      [
        "I put a cold pack on {his} {part}, and {w} dried the floor.",
        "{w} mopped up the water and put out the yellow sign while {p} held a cold pack on {his} {part}.",
      ],
    ],
    post_event: [
      [
        "There was a red patch on {his} {side} {part} about the size of a fifty cent coin.",
        "{^his} {part} was a little red, without swelling.",
      ],
      [
        "The on-call nurse was rung at {end+10} and advised checks every hour until bedtime.",
        "I rang the nurse line at {end+10}; the advice was to rest and to watch for pain or drowsiness.",
      ],
      [
        "All checks were normal, and {p} said that it only hurt when pressed.",
        "{p} was comfortable at each check and enjoyed {his} next meal.",
      ],
      [
        "{lead} has asked maintenance to see to the floor and to fit a non-slip mat.",
        "I reported the hazard to {lead}, and a non-slip mat is to be fitted this week.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Why was the floor wet?",
        answers: [
          "We worked out afterwards that {water}.",
          "Because {water}. Nobody had noticed it before {p} went in.",
        ],
      },
      {
        ask: "What was {p} wearing on {his} feet?",
        answers: [
          "{^footwear}. {^his} non-slip shoes were beside the bed.",
          "{^footwear}. We have put new slippers on the shopping list.",
        ],
      },
      {
        ask: "Does {p} have a falls risk assessment, and was it being followed?",
        answers: [
          "Yes, low risk, with supervision on wet floors. We did not know that the floor was wet.",
          "There is one from last year. It does not mention this part of the house.",
        ],
      },
    ],
    during_event: [
      {
        ask: "How did {p} fall, and which part of the body took the weight?",
        answers: [
          "Sideways to the {side}. {^his} {part} took most of the weight.",
          "{^his} foot slid forward and {he} sat down hard on the {side}, with the {part} underneath.",
        ],
      },
      {
        ask: "Did {p} hit {his} head?",
        answers: [
          "No. I saw the fall from start to finish.",
          "No, and there was nothing nearby that {he} could have hit it on.",
        ],
      },
      {
        ask: "What did {p} say straight after the fall?",
        answers: [
          "{^he} said that {his} {part} hurt, and that {he} was cross about the wet floor.",
          "'I slipped.' Then {he} laughed a little, and held {his} {part}.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How did {p} get up?",
        answers: [
          "By {himself}, with a chair, in stages. We talked {him} through it.",
          "From kneeling, holding on to a chair. {w} stood by, and we did not lift {him}.",
        ],
      },
      {
        ask: "What first aid was given?",
        answers: [
          "A cold pack wrapped in a cloth for ten minutes, on the {side} {part}.",
          "Rest and a cold pack. There was no broken skin to dress.",
        ],
      },
      {
        ask: "Was the hazard removed?",
        answers: [
          "Yes, {w} dried the floor at once and put out the sign.",
          "The floor was dry by {end+5}, and the door stayed shut until then.",
        ],
      },
    ],
    post_event: [
      {
        ask: "Was medical advice sought?",
        answers: [
          "Yes, by phone at {end+10}. A visit was not needed.",
          "I rang the nurse line. They asked us to check hourly and to see a doctor if it got worse.",
        ],
      },
      {
        ask: "What did the later checks show?",
        answers: [
          "Normal each time. A light bruise on the {side} {part} by evening.",
          "{p} was alert and comfortable, and walked as usual.",
        ],
      },
      {
        ask: "What will stop this happening again?",
        answers: [
          "A non-slip mat, and the sign goes up whenever the floor is wet.",
          "{lead} has put in a repair request, and checking the floor is now part of the shift start list.",
        ],
      },
    ],
  },
  omit: ["injury", "restrictive", "over"],
  conditions: [
    "The floor {place} was wet because {water}, and nothing warned of it.",
    "{p}'s footwear gave little grip.",
    "The falls risk assessment had not been updated for this area.",
    "Staff followed the falls checklist and did not lift {p}.",
  ],
  classifications: [
    {
      type: "environmental",
      severity: "medium",
      evidence: "{p} slipped on a wet floor {place} and landed on {his} {side} {part}; {water}.",
    },
    {
      type: "medical",
      severity: "low",
      evidence:
        "A red patch on the {side} {part}, treated with a cold pack; nurse advice by phone, normal checks.",
    },
  ],
};
