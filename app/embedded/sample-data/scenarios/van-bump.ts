import type { Scenario } from "./types";

export const vanBump: Scenario = {
  hours: [8, 16],
  duration: [15, 40],
  places: [
    { label: "Car park", text: "in the supermarket car park in {town}", away: true },
    {
      label: "Medical centre car park",
      text: "in the car park of the medical centre in {town}",
      away: true,
    },
  ],
  details: {
    adviser: ["the nurse line", "the doctor's practice"],
    impact: [
      "another car reversed into the side of the van",
      "the car behind rolled into our rear bumper",
      "a car pulling out scraped along the van's side",
    ],
    seat: ["in the second row", "behind the driver", "behind the front passenger"],
    trip: ["a doctor's appointment", "the weekly shopping", "a visit to {contact}"],
  },
  narrative: {
    before_event: [
      [
        "{w} and I were on the way back to {site} from {trip} with {full}.",
        "{full}, {w} and I had been to {trip} and were about to drive home to {site}.",
      ],
      [
        "We were standing {place} with the engine off.",
        "I had stopped {place} and was waiting to turn.",
      ],
      [
        "{p} was sitting {seat}, with {his} seat belt on.",
        "{^his} seat belt was done up; {he} was {seat}.",
      ],
      ["The van's daily check had been done, and it was dry and clear.", ""],
    ],
    during_event: [
      ["At {t} {impact}.", "At about {t} I heard a bang: {impact}."],
      ["It was at walking pace.", "The other car was moving slowly, and the van rocked once."],
      ["{p} was startled and called out.", "{p} got a fright and held on to {w}'s arm."],
      [
        "I put on the hazard lights and turned round to {him}, and {w} asked whether anything hurt.",
        "{w} stayed with {p}, and I got out and spoke with the other driver.",
      ],
    ],
    end_event: [
      [
        "{p} said that nothing hurt and moved {his} head and arms freely.",
        "{p} had no pain and turned {his} head in all directions.",
      ],
      [
        "The other driver and I exchanged details and took photographs.",
        "I took photographs and the other driver's details for the insurer.",
      ],
      [
        "The van could be driven, and we left at {end}.",
        "At {end}, after {minutes}, we drove home slowly.",
      ],
    ],
    post_event: [
      [
        "At {site} {p} was checked again and had tea.",
        "Back at {site} {p} told everyone about the bang and had {his} tea.",
      ],
      [
        "I rang {adviser} as a precaution, and a visit was not needed.",
        "I rang {adviser} as a precaution: watch for a stiff neck or headache until tomorrow.",
      ],
      [
        "{lead} has the photographs and has told the insurer.",
        "{lead} was told at {t+10}, and the van goes to the workshop tomorrow.",
      ],
      [
        "{contact} was rung at {end+45} and spoke with {p} as well.",
        "{lead} told {contact} the same day.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Where was {p} sitting, and how was {he} secured?",
        answers: [
          "{^he} was {seat}. The belt was done up, and I had checked it.",
          "{^seat}, with belt and headrest in the right position.",
        ],
      },
      {
        ask: "What was the purpose of the trip?",
        answers: ["{^trip}. It was planned and in the diary.", "We were coming back from {trip}."],
      },
      {
        ask: "Was the van in good order?",
        answers: [
          "Yes. The daily check is signed, and the service was in the month before.",
          "Yes, there were no faults in the book.",
        ],
      },
    ],
    during_event: [
      {
        ask: "How did the collision happen?",
        answers: [
          "It was very quick: {impact}, at walking pace.",
          "We were standing still when {impact}.",
        ],
      },
      {
        ask: "How did {p} react?",
        answers: [
          "{^he} called out and held {w}'s arm. {^he} was not thrown about.",
          "{^he} was startled, then asked what the noise was.",
        ],
      },
      {
        ask: "Were the police or an ambulance called?",
        answers: [
          "No. Nobody was hurt, and both cars could be driven.",
          "It was not necessary. I asked {p} and {w} twice whether anything hurt.",
        ],
      },
    ],
    end_event: [
      {
        ask: "What damage was there?",
        answers: [
          "A dent and some paint. The ramp and the doors work.",
          "Scratches only. I photographed them from both sides.",
        ],
      },
      {
        ask: "Was it safe to drive on?",
        answers: [
          "Yes. I checked lights, tyres and doors before we left.",
          "Yes. {lead} agreed by phone that we drive straight home.",
        ],
      },
      {
        ask: "Did {p} have any pain?",
        answers: [
          "No. {^he} could move {his} head, arms and legs freely.",
          "None then, and none at the checks that evening.",
        ],
      },
    ],
    post_event: [
      {
        ask: "Was medical advice sought?",
        answers: [
          "Yes, by phone. Nothing further unless {he} gets a headache or a stiff neck.",
          "Yes, I rang {adviser}. {^he} is to be seen if there is any change.",
        ],
      },
      {
        ask: "How does {p} feel about going in the van again?",
        answers: [
          "Fine. {^he} wants to sit in the front next time, which we cannot do.",
          "A little nervous. We will do a short trip first.",
        ],
      },
      {
        ask: "What has been done about the van?",
        answers: [
          "It goes to the workshop tomorrow, and we have a spare until then.",
          "{lead} has reported it to the insurer, with my photographs.",
        ],
      },
    ],
  },
  omit: [
    "family",
    "communication",
    "over",
    "history",
    "injury",
    "coworker",
    "restrictive",
    "duration",
    "others",
    "notified",
  ],
  conditions: [
    "Low-speed collision while the van was standing: {impact}.",
    "{p} was properly secured and was not hurt.",
    "The van's daily check had been done.",
    "Staff put {p} first, then saw to details and photographs.",
  ],
  classifications: [
    {
      type: "other",
      severity: "low",
      evidence: "Vehicle incident: {impact}. {p} was secured and had no pain.",
    },
    { type: "environmental", severity: "low", evidence: "A busy car park with poor sight lines." },
  ],
};
