import type { Scenario } from "./types";

export const missedHandover: Scenario = {
  hours: [11, 14],
  duration: [10, 30],
  places: [
    { label: "Dining room", text: "in the dining room" },
    { label: "Outdoor table", text: "at the outdoor table" },
  ],
  details: {
    food: ["a ham roll", "a plate of crackers", "a steak sandwich", "a muesli bar"],
    texture: ["soft and bite-sized", "minced and moist"],
    source: [
      "the speech pathologist's visit two days before",
      "the doctor's letter of that week",
      "the hospital discharge letter",
    ],
  },
  narrative: {
    before_event: [
      [
        "{full} sat down for lunch {place} at {site} at about {t-5}.",
        "Lunch was served {place} at {site}, and {full} had asked to sit with {his} friends.",
      ],
      [
        "Since {source} {he} has been on a {texture} diet.",
        "After {source} {his} diet had been changed to {texture}.",
      ],
      [
        "The change was in {his} file but not on the kitchen board, and I had not been told at handover.",
        "I came back from three days off, and the handover did not mention the change. The kitchen board still showed the old diet.",
      ],
      [
        "I prepared {food} for {him}, as I had the week before.",
        "So I gave {him} {food}, which {he} had chosen from the old menu.",
      ],
    ],
    during_event: [
      [
        "At {t} {p} coughed hard on a bite of {food} and put {his} hand to {his} throat.",
        "{p} began to cough at {t}, with {his} eyes watering.",
      ],
      [
        "{^he} could still breathe and make sounds.",
        "{^his} cough was strong, and {he} could nod when I asked whether {he} could breathe.",
      ],
      [
        "I told {him} to keep coughing, leaned {him} forward and called {w}.",
        "I encouraged {him} to cough and stood beside {him}; {w} came with the phone in hand.",
      ],
      [
        "After a short time the piece came up.",
        "{p} coughed it up within a minute, without back blows.",
      ],
    ],
    end_event: [
      [
        "{p}'s colour was normal the whole time, and by {end} {his} voice was clear.",
        "At {end} {he} was breathing quietly, and {his} voice sounded normal.",
      ],
      [
        "{w} took the plate away, and it was then that we found the new diet in {his} file.",
        "Looking for the mealtime plan, {w} found the letter with the new diet.",
      ],
      [
        "Later {p} had a smooth yoghurt, slowly and with me beside {him}.",
        "{^he} did not want to eat any more at first, and had a smooth yoghurt later.",
      ],
    ],
    post_event: [
      [
        "I rang the nurse on call, who asked us to watch for fever and a wet cough for two days.",
        "{lead} took advice from the nurse: check temperature twice a day for two days.",
      ],
      [
        "{^his} temperature was normal at {end+60} and at bedtime.",
        "All checks that day were normal.",
      ],
      [
        "The kitchen board was corrected at once and the new plan put on top of the file.",
        "I wrote the new diet on the kitchen board and in the communication book straight away.",
      ],
      [
        "{contact} has been told, and {lead} is changing how diet changes are handed over.",
        "{lead} told {contact} and is reviewing our handover sheet.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "When was {p}'s diet changed, and who knew about it?",
        answers: [
          "At {source}. The worker on that shift put the letter in the file.",
          "It was changed after {source}. {w} had heard of it, and I had not.",
        ],
      },
      {
        ask: "What did the kitchen board say?",
        answers: ["The old diet. It had not been changed.", "'Regular', with last month's date."],
      },
      {
        ask: "What was said at handover?",
        answers: [
          "Appointments and medication. Nothing about meals.",
          "It was short, because two people were late. {p}'s diet was not mentioned.",
        ],
      },
    ],
    during_event: [
      {
        ask: "Was {p} able to breathe, cough and make sounds?",
        answers: [
          "Yes, all three. {^his} cough was strong.",
          "Yes. {^he} nodded when I asked, and {he} could make a sound.",
        ],
      },
      {
        ask: "What did you do while {p} was coughing?",
        answers: [
          "I told {him} to keep coughing, and {w} had 000 ready to dial.",
          "I leaned {him} forward and counted the coughs. We were ready for back blows, but they were not needed.",
        ],
      },
      {
        ask: "What was {p} eating?",
        answers: [
          "{^food}, the first mouthful of it.",
          "{^food}. It is what {he} always chose before the change.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How did you know that the airway was clear?",
        answers: [
          "{^his} voice was clear, and {he} was breathing quietly through {his} nose.",
          "We saw the piece come up, and {he} could speak a whole sentence.",
        ],
      },
      {
        ask: "How was the new diet found?",
        answers: [
          "{w} fetched the mealtime plan and found the letter behind it.",
          "The letter was in the back of {his} file, not on top.",
        ],
      },
      {
        ask: "Did {p} eat anything afterwards?",
        answers: [
          "A smooth yoghurt, slowly and upright.",
          "Only yoghurt at first. {^he} ate well at dinner.",
        ],
      },
    ],
    post_event: [
      {
        ask: "What medical advice was given?",
        answers: [
          "To watch for fever, a wet voice or fast breathing for two days.",
          "Temperature twice a day, and to see a doctor if {he} coughs at meals again.",
        ],
      },
      {
        ask: "How will diet changes be handed over from now on?",
        answers: [
          "They go on the kitchen board and the handover sheet on the same day, with two signatures.",
          "{lead} will send a message to the whole team, and everyone has to confirm it.",
        ],
      },
      {
        ask: "How did {p} feel about the meal?",
        answers: [
          "Frightened for a moment. {^he} asked me to sit beside {him} at dinner.",
          "{^he} was cross about the new diet, and would like to choose the meals together with us.",
        ],
      },
    ],
  },
  omit: ["plan", "injury", "over", "communication", "family"],
  conditions: [
    "A change of diet to {texture} after {source} had not reached the kitchen board or the handover.",
    "The worker had not been told of the change and relied on the board.",
    "The letter was filed behind the old mealtime plan.",
    "Staff stayed with {p}, encouraged coughing and were ready to call for help.",
  ],
  classifications: [
    {
      type: "communication",
      severity: "high",
      evidence: "The change of diet was not handed over, and {p} was given {food}.",
    },
    {
      type: "medical",
      severity: "medium",
      evidence:
        "{p} coughed on {food} and cleared it without help; the nurse advised two days of observation.",
    },
  ],
};
