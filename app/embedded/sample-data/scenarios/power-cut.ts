import type { Scenario } from "./types";

export const powerCut: Scenario = {
  hours: [16, 18],
  duration: [20, 70],
  places: [
    { label: "Bedroom", text: "in {p}'s bedroom" },
    { label: "Bedroom 2", text: "in {p}'s room" },
  ],
  details: {
    cause: ["a storm", "a fault in the street", "a tripped safety switch"],
    comfort: ["an extra pillow", "a rolled towel", "a pillow under {his} knees"],
    equipment: ["electric bed", "lift chair"],
  },
  narrative: {
    before_event: [
      [
        "{full} was sitting up in {his} {equipment} {place} at {site}, and {w} and I were about to help {him} get ready for dinner.",
        "{w} and I were {place} at {site} with {full}, who was resting in {his} {equipment} before dinner.",
      ],
      [
        "The {equipment} had been checked at the start of the shift and was working.",
        "I had done the equipment check for the {equipment} that day, and it was fine.",
      ],
      ["The lights had flickered once at {t-15}.", ""],
      [
        "{p} was talking with us about {his} plans for the weekend.",
        "{p} had music on and was in a good mood.",
      ],
    ],
    during_event: [
      [
        "At {t} the power went off because of {cause}, and the {equipment} stopped halfway.",
        "The power failed at {t}; {cause} was the reason. The {equipment} would not move.",
      ],
      [
        "{p} was safe but not in a comfortable position, and said so.",
        "{p} asked why it was dark and said that {he} did not like it.",
      ],
      [
        "{w} held {his} hand while I fetched the torch from the hallway.",
        "I stayed with {p}, and {w} fetched the torch.",
      ],
      [
        "We tried the emergency lowering, but its cord was caught and it took a while to free.",
        "The emergency lowering did not work at first, because its cord was caught behind the cover.",
      ],
    ],
    end_event: [
      [
        "We lowered {p} by hand at {t+12} and gave {him} {comfort}.",
        "By {t+12} {p} was lowered and comfortable, with {comfort}.",
      ],
      ["The power came back at {end}.", "At {end}, after {minutes}, the lights came on again."],
      [
        "I tested the {equipment} without anyone in it before it was used again.",
        "{w} tested the {equipment} twice before we used it again.",
      ],
    ],
    post_event: [
      [
        "I looked at {p}'s skin where the weight had been: no redness.",
        "A skin check with {p}'s consent showed no marks.",
      ],
      [
        "{p} said that the dark was the worst part, and asked for a torch of {his} own.",
        "{p} told {contact} about it on the phone and called it an adventure.",
      ],
      [
        "{lead} has called the supplier to service the emergency lowering.",
        "{lead} was told at {told}; the supplier comes this week to look at the emergency lowering.",
      ],
      ["", "A torch now hangs beside {p}'s bed."],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "When was the {equipment} last checked and serviced?",
        answers: [
          "Checked by me at the start of the shift. The service sticker is eight months old.",
          "The daily check was done and signed. I do not know when the emergency lowering was last tested.",
        ],
      },
      {
        ask: "Was there any warning that the power might fail?",
        answers: [
          "Only one flicker of the lights about fifteen minutes earlier.",
          "The lights flickered once at {t-15}, and nobody thought more of it. We learnt afterwards that it was {cause}.",
        ],
      },
      {
        ask: "Which emergency equipment was at hand?",
        answers: [
          "A torch in the hallway cupboard and the emergency cord on the {equipment} itself.",
          "The torch and the instructions on the wall. Both were where they should be.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What position was {p} in when the power failed?",
        answers: [
          "Partly raised and well supported, about thirty centimetres higher than {he} should have been.",
          "Half sitting. {^he} was secure the whole time but could not be made comfortable at once.",
        ],
      },
      {
        ask: "How did you reassure {p}?",
        answers: [
          "One of us held {his} hand and told {him} each step, with the torch pointed at the ceiling.",
          "We kept talking about the weekend. {^he} likes to know how long things take, so I counted the minutes aloud.",
        ],
      },
      {
        ask: "Why did the emergency lowering take time?",
        answers: [
          "The cord had slipped behind the cover, and we had to free it by torchlight.",
          "The cord was caught, and neither of us had used the manual release before.",
        ],
      },
    ],
    end_event: [
      {
        ask: "When was {p} comfortable again?",
        answers: [
          "At {t+12}, before the power came back.",
          "Twelve minutes after it began. We gave {him} {comfort} straight away.",
        ],
      },
      {
        ask: "How was the {equipment} made safe for use?",
        answers: [
          "Two full test runs without load, then one with {p}'s agreement.",
          "It was tested empty, up and down, and the controls were checked.",
        ],
      },
      {
        ask: "Were the other people at {site} all right?",
        answers: [
          "Yes, they were together in the lounge with a lantern.",
          "Yes. {w} looked in on them once {p} was comfortable.",
        ],
      },
    ],
    post_event: [
      {
        ask: "Was {p}'s skin checked?",
        answers: [
          "Yes, with {his} consent, and there was no redness.",
          "Yes, at once and at bedtime. No marks either time.",
        ],
      },
      {
        ask: "What repairs have been asked for?",
        answers: [
          "A new cord and a service of the emergency lowering.",
          "The supplier is coming this week, and {lead} has asked for a written test of it every month.",
        ],
      },
      {
        ask: "Do staff need more training?",
        answers: [
          "Yes, in manual lowering. {lead} is arranging a practice for the whole team.",
          "I would like to practise it in daylight. {w} said the same.",
        ],
      },
    ],
  },
  omit: ["history", "coworker", "communication", "staffing"],
  conditions: [
    "Loss of power at {site} because of {cause}.",
    "The emergency lowering of the {equipment} did not work at once and had not been tested under load.",
    "Staff had not practised manual lowering.",
    "Two workers were present, so that {p} was never alone.",
  ],
  classifications: [
    {
      type: "environmental",
      severity: "high",
      evidence:
        "Power failed while {p} was using the {equipment}, and the emergency lowering took about twelve minutes.",
    },
    {
      type: "other",
      severity: "medium",
      evidence:
        "The emergency lowering of the {equipment} was found not to be ready for use; a service has been asked for.",
    },
  ],
};
