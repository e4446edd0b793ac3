import type { Scenario } from "./types";

export const leftBehind: Scenario = {
  hours: [10, 15],
  duration: [12, 35],
  places: [
    { label: "Shopping centre", text: "at the shopping centre in {town}", away: true },
    { label: "Community festival", text: "at the community festival in {town}", away: true },
    { label: "Botanic gardens", text: "at the botanic gardens in {town}", away: true },
  ],
  details: {
    lure: ["a street musician", "a dog show", "a display of model trains", "an ice cream stand"],
    found: ["watching {lure}", "sitting on a bench beside {lure}", "waiting near {lure}"],
    helper: ["a security guard", "a volunteer in a yellow vest", "a shop assistant"],
  },
  narrative: {
    before_event: [
      [
        "{w} and I were out with {full} and two others from {site} {place}.",
        "{full} from {site} was {place} with {w}, me and two other people.",
      ],
      [
        "{p} likes to look at everything and takes {his} time.",
        "{p} was excited, since it was {his} first big outing for some weeks.",
      ],
      [
        "We had agreed to stay together and to meet by the entrance if anyone got lost.",
        "Before we set out I had shown {p} the meeting place by the entrance.",
      ],
      [
        "{^he} was wearing a red jumper and had {his} identity card in {his} pocket.",
        "{^he} carried {his} card with our phone number, as always.",
      ],
    ],
    during_event: [
      [
        "At {t} I helped someone with a jacket, and when I looked up {p} was gone.",
        "At {t} we stopped to pay for drinks, and {p} was no longer beside us.",
      ],
      [
        "I had last seen {him} two or three minutes earlier.",
        "It cannot have been more than three minutes since I had seen {him}.",
      ],
      [
        "{w} stayed with the others by the entrance, and I walked back the way we had come.",
        "{w} waited by the entrance with the others while I went to look.",
      ],
      [
        "I gave {p}'s description to {helper} at {t+5}.",
        "At {t+5} I asked {helper} for help, who passed on a description.",
      ],
    ],
    end_event: [
      ["At {end} {p} was found {found}.", "{^helper} found {p} at {end}, {found}."],
      [
        "{^he} was happy, and surprised that we had been looking for {him}.",
        "{p} waved when {he} saw me and was not distressed at all.",
      ],
      [
        "{^he} had been out of sight for {minutes}.",
        "In all {he} was without support for {minutes}.",
      ],
    ],
    post_event: [
      [
        "We all went to see {lure} together, and then home.",
        "We stayed a little longer, so that {p} could see the rest together with us.",
      ],
      [
        "On the way back I talked with {p} about what to do when {he} wants to look at something.",
        "{p} and I practised showing the card and asking for help.",
      ],
      [
        "{lead} was told at {t+8} and again when {he} was found; {contact} was rung at {end+45}.",
        "I had rung {lead} at {t+8}, and rang again at {end} to say that {p} was safe.",
      ],
      [
        "The risk plan for outings is being reviewed, with one worker named for {p}.",
        "For the next outings one worker is named for {p} alone.",
      ],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "What level of supervision does {p}'s plan ask for in the community?",
        answers: [
          "Within sight. We had two workers for three people.",
          "Line of sight, and a hand to hold near roads if {he} asks for it.",
        ],
      },
      {
        ask: "Was there a plan for someone getting lost?",
        answers: [
          "Yes, the meeting place by the entrance. {p} had been shown it.",
          "Yes. Everybody carried a card with our number.",
        ],
      },
      {
        ask: "What was {p} interested in that day?",
        answers: [
          "{^he} talked about {lure} from the moment we arrived.",
          "Anything new. {^he} had already stopped several times to look.",
        ],
      },
    ],
    during_event: [
      {
        ask: "When and where was {p} last seen?",
        answers: [
          "Two or three minutes before {t}, about ten metres from the entrance.",
          "Beside me, just before {t}. I had turned round to help someone else.",
        ],
      },
      {
        ask: "What was done to look for {p}?",
        answers: [
          "I walked the same way back and asked {helper}, while {w} kept the meeting place.",
          "{^helper} passed on the description, and I looked at the places where we had stopped before.",
        ],
      },
      {
        ask: "When was {lead} told, and were the police called?",
        answers: [
          "{lead} was told at {t+8}. We would have called the police after half an hour.",
          "I rang {lead} at {t+8}. The police were the next step, but {p} was found.",
        ],
      },
    ],
    end_event: [
      {
        ask: "Where was {p} found, and by whom?",
        answers: [
          "{^he} was {found}. It was {helper} who saw {him} first.",
          "{^helper} found {him}, {found}, about two hundred metres away.",
        ],
      },
      {
        ask: "What state was {p} in?",
        answers: [
          "Happy and well. {^he} wanted to show me {lure}.",
          "Unhurt and cheerful. {^he} had not known that we were worried.",
        ],
      },
      {
        ask: "How long was {p} out of sight?",
        answers: ["{^minutes}, from {t} to {end}.", "From {t} until {end}."],
      },
    ],
    post_event: [
      {
        ask: "What did {p} say about it?",
        answers: [
          "That {he} only wanted to see {lure}, and that I should have come along.",
          "{^he} said, 'I wasn't lost, I was here.'",
        ],
      },
      {
        ask: "What changes for {p}'s next outing?",
        answers: [
          "One worker is named for {him}, and we plan time for what {he} wants to see.",
          "{^he} will carry a phone with {lead}'s number on the first button.",
        ],
      },
      {
        ask: "Does the risk assessment for outings need to change?",
        answers: [
          "Yes, the ratio for busy places. {lead} is working on it.",
          "Yes. Crowded places will need a third worker.",
        ],
      },
    ],
  },
  omit: [
    "family",
    "duration",
    "coworker",
    "communication",
    "restrictive",
    "over",
    "injury",
    "others",
    "notified",
  ],
  conditions: [
    "Two workers for three people in a crowded place.",
    "{p} is known to be drawn to things like {lure}, but no time had been planned for that.",
    "For two or three minutes nobody was named to keep {p} in sight.",
    "The plan for getting lost (meeting place, card, description) worked.",
  ],
  classifications: [
    {
      type: "other",
      severity: "high",
      evidence:
        "{p} was without support in the community for {minutes}; {he} was found safe, {found}.",
    },
    {
      type: "environmental",
      severity: "medium",
      evidence:
        "A crowded place with many distractions and too few workers for line of sight supervision.",
    },
  ],
};
