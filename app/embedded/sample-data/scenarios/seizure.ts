import type { Scenario } from "./types";

export const seizure: Scenario = {
  hours: [7, 21],
  duration: [20, 45],
  places: [
    { label: "Lounge", text: "in the lounge" },
    { label: "Sunroom", text: "in the sunroom" },
    { label: "Sensory room", text: "in the sensory room" },
  ],
  details: {
    trigger: [
      "had slept badly and had yawned a lot",
      "had not drunk much that day",
      "had a cold that week",
    ],
    activity: [
      "listening to music",
      "looking through a photo album",
      "talking about {his} birthday",
      "doing a jigsaw puzzle with me",
    ],
    sign: [
      "{he} stopped answering and stared to one side",
      "{his} left hand began to twitch",
      "{he} said that {he} felt funny",
    ],
    length: ["one minute and forty seconds", "two minutes", "about ninety seconds"],
  },
  narrative: {
    before_event: [
      [
        "{full} was sitting {place} at {site}, {activity}.",
        "From about {t-30} {full} was {activity} {place} at {site}.",
      ],
      ["{^he} {trigger}.", "I knew from the handover that {he} {trigger}."],
      [
        "{^his} epilepsy medication had been given as charted.",
        "The chart shows that {his} tablets were given on time.",
      ],
      ["{^his} seizure plan was in the folder beside us.", "I had {his} seizure plan with me."],
    ],
    during_event: [
      ["At {t} {sign}.", "I noticed at {t} that {sign}."],
      [
        "{p} then lost awareness, and {his} arms and legs became stiff and jerked.",
        "{p}'s body went stiff, and then {his} arms and legs jerked on both sides.",
      ],
      [
        "I looked at the time, lowered {him} to the floor with {w}'s help and put a folded jumper under {his} head.",
        "{w} and I helped {him} down to the floor, moved the furniture away and protected {his} head. I timed it.",
      ],
      [
        "We did not hold {him} or put anything in {his} mouth.",
        "I kept talking quietly to {him}, and {w} asked people to give us room.",
      ],
    ],
    end_event: [
      ["The jerking stopped after {length}.", "The seizure lasted {length} by my phone."],
      [
        "We rolled {p} onto {his} side, and {his} breathing was regular.",
        "{p} was put in the recovery position; {his} colour and breathing were good.",
      ],
      [
        "{^he} was sleepy and confused, and could say {his} name at {t+12}.",
        "{^he} opened {his} eyes and looked around at {t+8} and knew {w} at {t+14}.",
      ],
      [
        "No emergency medication was needed under the plan, which sets five minutes as the limit.",
        "It stayed well under the five minutes at which {his} plan tells us to call 000.",
      ],
    ],
    post_event: [
      [
        "{p} slept until {end+60} with one of us beside {him}.",
        "{p} rested with someone beside {him}, and was {himself} again by {end+60}.",
      ],
      [
        "I rang the after-hours doctor at {end}, who asked us to watch {him} overnight.",
        "{lead} rang {his} doctor, who wants to see {him} this week.",
      ],
      [
        "The seizure chart is filled in, and {contact} has been told.",
        "I filled in the seizure chart and rang {contact}, {his} {relation}.",
      ],
      ["", "{p} asked for toast and tea when {he} woke up."],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Was {p}'s epilepsy medication given as prescribed?",
        answers: [
          "Yes. The chart is signed for the last four rounds, and {w} checked the blister pack.",
          "Yes, on time. No dose has been missed this week.",
        ],
      },
      {
        ask: "Were any of {p}'s known seizure triggers present?",
        answers: [
          "Yes. {^he} {trigger}, and {his} plan names that.",
          "Possibly. {^his} plan names poor sleep, fever and not drinking enough, and {he} {trigger}.",
        ],
      },
      {
        ask: "What was the first sign that something was wrong?",
        answers: [
          "That {sign}. I was looking at {him} at that moment.",
          "I noticed that {sign}. That is how {his} seizures usually start.",
        ],
      },
      {
        ask: "Was {p}'s seizure plan at hand?",
        answers: [
          "Yes, in the folder. {w} read the steps out to me.",
          "Yes, and both of us have done the training this year.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What did the seizure look like?",
        answers: [
          "{^his} whole body went stiff for some seconds, then both arms and legs jerked. {^his} eyes were open.",
          "Stiff at first, then jerking on both sides. {^he} did not respond to {his} name.",
        ],
      },
      {
        ask: "How long did the seizure itself last, and how was it timed?",
        answers: [
          "{^length}, timed on my phone.",
          "It was {length}. {w} and I both looked at the time when it began.",
        ],
      },
      {
        ask: "How was {p} kept safe during the seizure?",
        answers: [
          "We moved the furniture, put something soft under {his} head and did not hold {him}.",
          "On the floor, on a rug, with a folded jumper under {his} head. We loosened {his} collar.",
        ],
      },
      {
        ask: "Did {p}'s breathing or colour change?",
        answers: [
          "{^his} lips were a little pale for a few seconds. {^his} breathing was noisy, then regular.",
          "{^his} breathing was uneven during the jerking and settled at once afterwards.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How did {p} recover?",
        answers: [
          "Slowly. {^he} was sleepy, then knew where {he} was after about a quarter of an hour.",
          "{^he} was confused at first, and was able to answer simple questions by {t+14}.",
        ],
      },
      {
        ask: "Was emergency medication given or an ambulance called?",
        answers: [
          "Neither was needed. The plan says to call at five minutes, and it lasted {length}.",
          "No. We had the phone and the medication ready, but it stopped by itself.",
        ],
      },
      {
        ask: "Was {p} hurt?",
        answers: [
          "No. I checked {his} head, tongue, arms and legs when {he} was awake.",
          "{^he} had bitten the side of {his} tongue slightly. Nothing else.",
        ],
      },
    ],
    post_event: [
      {
        ask: "What did the doctor advise?",
        answers: [
          "To watch {p} overnight, to ring again if there is a second one, and an appointment this week.",
          "No change of medication for now, and a blood test at the next visit.",
        ],
      },
      {
        ask: "How was {p} watched afterwards?",
        answers: [
          "Someone was with {him} until {he} was fully awake, then checks every fifteen minutes.",
          "{w} sat with {him} while {he} slept. The night shift checked every half hour.",
        ],
      },
      {
        ask: "Has the seizure chart been filled in?",
        answers: [
          "Yes, with the times and what we saw. A copy goes to the neurologist.",
          "Yes. It is the second entry this quarter.",
        ],
      },
    ],
  },
  needs: "epilepsy",
  omit: [
    "family",
    "history",
    "communication",
    "duration",
    "over",
    "injury",
    "sleep",
    "restrictive",
  ],
  conditions: [
    "Known epilepsy; the medication had been given as charted.",
    "A likely trigger from {p}'s plan: {he} {trigger}.",
    "{p}'s seizure plan was at hand and was followed: timed, protected, recovery position.",
    "The seizure lasted {length}, under the five minutes at which an ambulance is called.",
  ],
  classifications: [
    {
      type: "medical",
      severity: "high",
      evidence:
        "Tonic-clonic seizure of {length}; {p} recovered by {t+14} without emergency medication; doctor informed.",
    },
    {
      type: "environmental",
      severity: "low",
      evidence: "That {he} {trigger} may have lowered {p}'s seizure threshold.",
    },
  ],
};
