import type { Scenario } from "./types";

export const television: Scenario = {
  hours: [17, 21],
  duration: [5, 15],
  places: [
    { label: "Lounge", text: "in the lounge" },
    { label: "Family room", text: "in the family room" },
  ],
  details: {
    show: ["the football", "a cooking show", "the local news", "a music special"],
    other: ["a housemate", "another resident", "one of {his} housemates"],
    hold: [
      "held the remote control behind {his} back",
      "put the remote control under the cushion",
      "stood in front of the screen",
    ],
  },
  narrative: {
    before_event: [
      [
        "After dinner {full} was watching {show} {place} at {site} with {other}.",
        "{full} and {other} were {place} at {site} from {t-40}, watching television together.",
      ],
      [
        "It had been a pleasant evening so far.",
        "{p} had had a long day at the day program and said that {he} was tired.",
      ],
      [
        "The roster of who chooses the program hangs beside the television; by {p}'s count it was {his} turn that evening.",
        "{p} believed that it was {his} turn to choose, and the roster beside the television had not been updated.",
      ],
      ["", "I was wiping down the table and {w} was helping someone with a shower."],
    ],
    during_event: [
      [
        "At {t} the other person changed the channel.",
        "At about {t} {other} picked up the remote and changed over from {show}.",
      ],
      [
        "{p} stood up, raised {his} voice and {hold}.",
        "{p} took the remote, {hold} and told the other person to go away.",
      ],
      [
        "The other person reached for it, and {p} pushed the arm away.",
        "They both pulled at it, and {p} pushed the other person on the shoulder.",
      ],
      [
        "I came over, stood to the side of both and said, 'Let's stop for a minute.'",
        "I asked them both by name to stop, and offered {p} to come and help me with supper.",
      ],
    ],
    end_event: [
      [
        "{p} put the remote on the table and walked away to the kitchen.",
        "{p} let go and came with me to the kitchen.",
      ],
      [
        "The other person stayed with {w}, who had come when the voices got loud.",
        "{w} sat down with the other person and checked that there was no pain.",
      ],
      ["By {end} both were calm. It had lasted {minutes}.", "It was quiet again at {end}."],
    ],
    post_event: [
      [
        "Neither had a mark, and both said that nothing hurt.",
        "{w} looked at the other person's arm and shoulder and saw no mark.",
      ],
      [
        "{p} said sorry after supper, in {his} own time.",
        "Later {p} went back {place} and they finished {show} together.",
      ],
      [
        "The program roster has been filled in for the whole month.",
        "{lead} asked me to fill in the program roster for the month with both of them, which I did.",
      ],
      ["{lead} was told by phone at {told}.", "I told {lead} and both families that evening."],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Whose turn was it to choose the program?",
        answers: [
          "{p}'s, but the roster on the wall stopped at the end of last month.",
          "It was not clear. {p} was sure that it was {his} turn, and the roster had not been filled in.",
        ],
      },
      {
        ask: "What had {p}'s day been like before that?",
        answers: [
          "Long. {^he} had been at the day program until four and said that {he} was tired.",
          "Busy, but good. {^he} ate well and was laughing at dinner, though {he} yawned a lot.",
        ],
      },
      {
        ask: "Where were staff just before it happened?",
        answers: [
          "I was about five metres away, wiping down the table. {w} was helping somebody in the bathroom.",
          "I was wiping down the table and could see both of them. {w} was down the hall.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What physical contact was there between {p} and the other person?",
        answers: [
          "One push with an open hand. Nobody fell and nobody was hit.",
          "They pulled at the remote, and {p} pushed once. It was over when I spoke.",
        ],
      },
      {
        ask: "What did each of them say?",
        answers: [
          "{p} said, 'It's my night.' The other person said that it was boring.",
          "{p} told the other person to go away, twice. I did not catch the answer.",
        ],
      },
      {
        ask: "How did you step in?",
        answers: [
          "I stood to the side, used both names and asked {p} to help me with supper.",
          "By voice only, with an offer of something else to do, as {p}'s plan says.",
        ],
      },
    ],
    end_event: [
      {
        ask: "How were the two of them separated?",
        answers: [
          "{p} went to the kitchen, where I stayed near {him}, and {w} stayed with the other person.",
          "{p} left the room of {his} own accord. We made sure that they had some time apart.",
        ],
      },
      {
        ask: "Did you check both people for injury?",
        answers: [
          "Yes, straight away and again at bedtime. There were no marks.",
          "{w} checked the other person and I checked {p}. Neither had any pain.",
        ],
      },
      {
        ask: "How did {p} feel about it afterwards?",
        answers: [
          "{^he} was embarrassed and asked whether {he} was in trouble. I said no.",
          "Cross at first, then sorry. {^he} said it was not fair, and I understand why.",
        ],
      },
    ],
    post_event: [
      {
        ask: "How are the two getting on now?",
        answers: [
          "{p} said sorry, and they said goodnight as usual.",
          "Well. They sat at the same table for supper and talked about other things.",
        ],
      },
      {
        ask: "What has been done about the program roster?",
        answers: [
          "I filled it in for the month with both of them and put it at eye level.",
          "{lead} has made it a job for the Sunday shift, so that it cannot run out again.",
        ],
      },
      {
        ask: "Has the other person's family been told?",
        answers: [
          "Yes, {lead} rang them the same evening.",
          "{lead} told them, and offered to talk it through in person.",
        ],
      },
    ],
  },
  omit: ["family", "injury", "coworker"],
  conditions: [
    "The roster for choosing programs had not been kept up, so that both believed it was their turn.",
    "{p} was tired after a long day.",
    "One worker in the room while the other gave personal care elsewhere.",
    "The worker's calm redirection ended the contact at once.",
  ],
  classifications: [
    {
      type: "behavioural",
      severity: "medium",
      evidence: "{p} {hold} and pushed {other} once during a disagreement about {show}.",
    },
    {
      type: "environmental",
      severity: "low",
      evidence:
        "The shared roster beside the television was out of date and gave neither person certainty.",
    },
  ],
};
