import type { Scenario } from "./types";

export const noise: Scenario = {
  hours: [10, 17],
  duration: [8, 20],
  places: [
    { label: "Kitchen", text: "in the kitchen" },
    { label: "Dining room", text: "in the dining room" },
    { label: "Lounge", text: "in the lounge" },
  ],
  details: {
    noise: [
      "a leaf blower started up outside the window",
      "the workers next door began drilling into the shared wall",
      "a street sweeper stopped outside the window with its engine running",
      "a delivery truck reversed up the driveway with its alarm on",
    ],
    object: ["the plastic cup", "the fruit bowl", "the spoon rest", "the salt shaker"],
    activity: [
      "folding napkins for dinner",
      "sorting {his} football cards",
      "making a sandwich with me",
    ],
  },
  narrative: {
    before_event: [
      [
        "{full} was {activity} {place} at {site} with me from about {t-25}.",
        "From about {t-25} {full} and I were {place} at {site}, where {he} was {activity}.",
      ],
      [
        "{^he} was chatting about the weekend and seemed relaxed.",
        "{p} was humming, which {he} does when {he} is content.",
      ],
      ["", "{w} was in the office finishing the medication stocktake."],
      [
        "{^his} headphones were on the hook by the front door.",
        "We had not been told of any noisy work that day, so {his} headphones were still by the front door.",
      ],
    ],
    during_event: [
      ["At {t} {noise}.", "Without warning, {noise} at about {t}."],
      [
        "{p} put both hands over {his} ears and shouted for it to stop.",
        "{p} covered {his} ears, rocked back and forth and called out several times.",
      ],
      [
        "{^he} then threw {object} across the room; it hit the wall and nobody was near it.",
        "When it went on, {he} swept {object} off the table onto the floor.",
      ],
      [
        "I kept my voice low, stepped back to give {him} room and asked {w} to get the noise stopped.",
        "I stayed a few steps away, said that I could hear it too and that {w} was going to sort it out.",
      ],
    ],
    end_event: [
      [
        "{w} had the noise stopped within a few minutes and brought {p}'s headphones.",
        "{w} went out, had it stopped, and came back with the headphones.",
      ],
      [
        "{p} put them on and walked to {his} room with me beside {him}.",
        "{p} took them from {w} and chose to go to {his} room.",
      ],
      [
        "By {end} {he} was sitting on the bed with the weighted blanket, breathing slowly.",
        "After {minutes} {he} was calm and asked for a glass of water.",
      ],
    ],
    post_event: [
      [
        "{p} rested until {end+40}, then came out and helped me pick up {object}.",
        "About {end+40} {p} came back and helped to tidy up without being asked.",
      ],
      [
        "{^he} said, 'Too loud,' and I agreed that it had been.",
        "When I asked what had been hardest {he} pointed at {his} ears.",
      ],
      [
        "I told {lead} by phone and wrote it in the communication book.",
        "{lead} was told at {told} and will ask the neighbours and contractors to ring ahead.",
      ],
      ["", "The headphones now live in a basket {place} as well."],
    ],
  },
  questions: {
    before_event: [
      {
        ask: "Where were {p}'s headphones before the noise began?",
        answers: [
          "On the hook by the front door, where they are kept. That is too far away from where we were.",
          "By the front door. {p} usually fetches them {himself}, but {he} would have had to walk towards the noise.",
        ],
      },
      {
        ask: "Were there any early signs that {p} was becoming uncomfortable?",
        answers: [
          "No. It came on suddenly. A minute earlier {he} had been smiling.",
          "Not that I saw. {p} was {activity} and looked relaxed right up to the noise.",
        ],
      },
      {
        ask: "Did staff know that there would be noise that day?",
        answers: [
          "No notice had been given to us. There was nothing in the diary or on the handover sheet.",
          "{w} thought a letter might have come the week before, but it was not on the noticeboard.",
        ],
      },
    ],
    during_event: [
      {
        ask: "What exactly did {p} do when the noise began?",
        answers: [
          "{^he} covered {his} ears, shouted, and then sent {object} across the room. It was not aimed at anyone.",
          "First hands over the ears, then rocking, then {he} threw {object} away from both of us.",
        ],
      },
      {
        ask: "What did you try first to help {p}?",
        answers: [
          "I stepped back, lowered my voice and told {him} that {w} was getting it stopped.",
          "I offered to go to {his} room together. {^he} was not ready for that until the headphones came.",
        ],
      },
      {
        ask: "Was there anything that made it worse?",
        answers: [
          "When the noise paused and started again {he} shouted louder than before.",
          "I think my first question was one too many. When I stopped talking {he} looked at me again.",
        ],
      },
    ],
    end_event: [
      {
        ask: "What helped {p} most to become calm again?",
        answers: [
          "The headphones and {his} own room. The weighted blanket helps as well.",
          "That the noise stopped and that it was {w}, whom {he} trusts, who brought the headphones.",
        ],
      },
      {
        ask: "Was anything damaged?",
        answers: [
          "No. Only {object} was on the floor, and it is not broken.",
          "Nothing was broken. We put {object} back where it belongs.",
        ],
      },
      {
        ask: "Did {p} choose to go to {his} room?",
        answers: [
          "Yes, I asked whether {he} wanted to stay or go and {he} walked ahead of me.",
          "It was {his} choice. I walked beside {him} and the door stayed open, as {he} prefers.",
        ],
      },
    ],
    post_event: [
      {
        ask: "What will be done so that noise like this is less of a surprise?",
        answers: [
          "{lead} will ask neighbours and contractors to ring the house the day before, and we will put it on {p}'s timetable.",
          "A second pair of headphones has been ordered for the kitchen, and noisy jobs are to be done while {p} is out.",
        ],
      },
      {
        ask: "Did you talk with {p} about what happened?",
        answers: [
          "Yes, with the picture cards, once {he} was rested. {^he} chose 'loud' and 'scared'.",
          "Briefly. {^he} told me it was too loud and that next time {he} wants to go outside.",
        ],
      },
      {
        ask: "Are there patterns that the team should look at?",
        answers: [
          "This is the third time this season that machinery outside has upset {him}, always in daytime.",
          "Sudden noise is already in the plan as a trigger, but the plan does not say where the headphones should be.",
        ],
      },
    ],
  },
  omit: ["injury"],
  conditions: [
    "A sudden loud noise without notice, which {p}'s plan names as a trigger.",
    "{p}'s headphones were kept by the front door, out of reach from where {he} was.",
    "No agreement with neighbours and contractors to announce noisy work at {site}.",
    "Staff responded early and with few words, which kept the episode to {minutes}.",
  ],
  classifications: [
    {
      type: "behavioural",
      severity: "medium",
      evidence:
        "{p} covered {his} ears, shouted and threw {object} after sudden noise; {he} settled with headphones and time in {his} room.",
    },
    {
      type: "environmental",
      severity: "low",
      evidence:
        "The trigger was noise from outside the room at {site}, of which staff had no notice.",
    },
  ],
};
