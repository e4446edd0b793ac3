import type { CommonQuestion, Phase } from "./types";

/** Questions that fit most scenarios, with answers that contradict none. */
export const COMMON_QUESTIONS: Readonly<Record<Phase, readonly CommonQuestion[]>> = {
  before_event: [
    {
      topic: "staffing",
      ask: [
        "Who was on shift at the time, and was that the usual staffing?",
        "How many staff were working at that time, and who were they?",
        "Can you tell us who was rostered on, and whether that is usual?",
      ],
      answers: [
        "{w} and I were on shift, which is the usual roster for that time of day.",
        "Two of us, {w} and me. {lead} was on call and answered straight away when I rang.",
        "It was {w} and me as rostered, with {lead} available by phone.",
      ],
    },
    {
      topic: "familiarity",
      ask: [
        "How well do you know {p}, and how long have you supported {him}?",
        "How long have you worked with {p}?",
        "How familiar are you with {p} and the way {he} likes to be supported?",
      ],
      answers: [
        "I have supported {p} since I started with {company} and work with {him} three or four shifts a week.",
        "Quite well. I am one of {p}'s regular workers, and {he} usually tells me when something is bothering {him}.",
        "I do most of my shifts at other houses, so I know {p} less well than {w} does, but I have read {his} plan.",
      ],
    },
    {
      topic: "sleep",
      ask: [
        "How had {p} slept the night before?",
        "What do the night notes say about {p}'s sleep?",
        "Was {p} well rested that day?",
      ],
      answers: [
        "The night notes say {he} slept through and got up at {his} usual time.",
        "{p} was up once for a drink and went back to bed. Otherwise it was a quiet night.",
        "I was not on overnight. The communication book has nothing unusual for that night.",
      ],
    },
    {
      topic: "history",
      ask: [
        "Has something similar happened with {p} before?",
        "Do you know of earlier incidents of this kind involving {p}?",
        "Have there been other incidents like this with {p}?",
      ],
      answers: [
        "Not while I have been working with {him}. {lead} is checking the older reports.",
        "{lead} remembers something similar earlier in the year, but it was over much sooner.",
        "{w} thinks there was one other time, before I started at {company}.",
      ],
    },
    {
      topic: "plan",
      ask: [
        "Which parts of {p}'s support plan applied to this situation?",
        "What does {p}'s support plan say that was relevant here?",
        "Which strategies from {p}'s plan were you using at the time?",
      ],
      answers: [
        "The section on how {p} likes to be supported day to day. I had read it again that week.",
        "The plan asks us to explain each step to {p} and to let {him} choose. That is how we had started the shift.",
        "Mainly the page on what a good day looks like for {p}. {w} and I both know it well.",
      ],
    },
  ],
  during_event: [
    {
      topic: "duration",
      ask: [
        "About how long did it go on?",
        "How long did this part of the incident last?",
        "For how long did this continue?",
      ],
      answers: [
        "{^minutes}. I looked at the time when it began and again when it was over.",
        "I would say {minutes}. I wrote down {t} as the start.",
        "From {t} until {end}, so {minutes} in all.",
      ],
    },
    {
      topic: "others",
      ask: [
        "Was anyone else affected or at risk while this was happening?",
        "Were other people nearby, and were they safe?",
        "Did this have any effect on others who were present?",
      ],
      answers: [
        "No. Nobody else was close enough to be affected, and {w} kept an eye on the others.",
        "Nobody else was at risk. {w} made sure that people had room to move away.",
        "One other person looked worried, so {w} went over and explained what was going on.",
      ],
    },
    {
      topic: "communication",
      ask: [
        "How did you communicate with {p} while it was happening?",
        "What did you say to {p}, and in what way?",
        "How did you make sure that {p} understood what was going on?",
      ],
      answers: [
        "I used short sentences, said {p}'s name first and waited for {him} to answer before I said anything else.",
        "Calmly and one person at a time. {w} let me do the talking so that {p} only had to listen to one voice.",
        "I told {p} what I was going to do before I did it and asked {him} to nod if that was all right.",
      ],
    },
    {
      topic: "coworker",
      ask: [
        "What did {w} do while you were with {p}?",
        "What was {w}'s part in this?",
        "Where was {w}, and what did {w} do to help?",
      ],
      answers: [
        "{w} stayed within call and had the phone ready in case we needed more help.",
        "{w} looked after everyone else, then came back to ask whether I wanted to swap.",
        "{w} kept the space around us clear and noted down the times.",
      ],
    },
    {
      topic: "restrictive",
      ask: [
        "Was any physical intervention or other restrictive practice used?",
        "Did anyone hold {p} or limit where {he} could go?",
        "Were any restrictive practices used, planned or unplanned?",
      ],
      answers: [
        "No. Nobody held {p} or blocked {his} way at any point.",
        "No restrictive practice was used, and none is authorised in {p}'s plan.",
        "No. We only used our voices and gave {p} room.",
      ],
    },
  ],
  end_event: [
    {
      topic: "notified",
      ask: [
        "Who did you tell, and when?",
        "When was {lead} informed, and how?",
        "Who was notified about the incident, and at what time?",
      ],
      answers: [
        "I rang {lead} at {told} and gave a short account. {lead} asked me to write this report as soon as I could.",
        "{lead} was told by phone at {told} and had no further questions.",
        "I let {lead} know at {told}, in a short phone call.",
      ],
    },
    {
      topic: "injury",
      ask: [
        "Was anyone hurt, and how did you check?",
        "Were there any injuries to {p} or to anyone else?",
        "How did you make sure that nobody was injured?",
      ],
      answers: [
        "Nobody was hurt. I asked {p} whether anything was sore and {he} said no.",
        "No injuries. {w} and I both looked, and {p} moved about as {he} normally does.",
        "No one was injured and no first aid was needed.",
      ],
    },
    {
      topic: "staff",
      ask: [
        "How were you and {w} afterwards?",
        "How did the staff involved feel once it was over?",
        "How were the two of you after the incident?",
      ],
      answers: [
        "We were both fine. We had a cup of tea and talked through what had gone well.",
        "A little shaken, but all right. {lead} checked in with both of us before the end of the shift.",
        "Fine, thank you. {w} finished the round of jobs while I started the notes.",
      ],
    },
    {
      topic: "over",
      ask: [
        "How did you know that it was over?",
        "What told you that {p} was all right again?",
        "Which signs showed that the situation had settled?",
      ],
      answers: [
        "{p}'s breathing and voice were back to normal, and {he} asked me what was happening next.",
        "{p} looked around, made eye contact and answered my questions in {his} usual way.",
        "{p} said that {he} was all right now, and {his} shoulders had come down.",
      ],
    },
    {
      topic: "tasks",
      ask: [
        "Was anything else left undone because of this?",
        "Did the incident interrupt other tasks or supports?",
        "Was there any effect on the rest of the work of the shift?",
      ],
      answers: [
        "Some of the cleaning was left for the next shift. Nothing that affected anybody's support.",
        "Only the shift notes, which I wrote later than usual.",
        "No. {w} was able to keep everything else going.",
      ],
    },
  ],
  post_event: [
    {
      topic: "family",
      ask: [
        "Has {p}'s family or guardian been told?",
        "Was {contact} informed, and by whom?",
        "Is {p}'s family aware of what happened?",
      ],
      answers: [
        "Yes. I rang {contact}, {p}'s {relation}, at {family} and explained what had happened.",
        "{lead} spoke with {contact}, {his} {relation}, who thanked us for ringing and had no concerns.",
        "I left a message for {contact} at {family}, who rang back later.",
      ],
    },
    {
      topic: "handover",
      ask: [
        "What was handed over to the next shift?",
        "What does the next shift know about the incident?",
        "Which information did you pass on at handover?",
      ],
      answers: [
        "What happened, what helped, and to check in with {p} every half hour until bedtime.",
        "I went through this report with the next worker and showed where {p}'s plan is kept.",
        "A short summary in person and an entry in the communication book, signed by {w} and me.",
      ],
    },
    {
      topic: "records",
      ask: [
        "Where else has this been recorded?",
        "In which other records is the incident noted?",
        "Has this been written down anywhere besides this report?",
      ],
      answers: [
        "In {p}'s progress notes and in the communication book at {site}.",
        "{p}'s progress notes. {lead} will add it to the incident register as well.",
        "In the shift report for {site} and on {p}'s file.",
      ],
    },
    {
      topic: "review",
      ask: [
        "Does {p}'s support plan need to change because of this?",
        "Should any part of {p}'s plan be reviewed after this?",
        "Is a review of {p}'s support plan intended?",
      ],
      answers: [
        "{lead} has put it on the agenda of the next team meeting. {p} will be asked what {he} thinks.",
        "Possibly a small change. {w} and I wrote our suggestions down for {lead}.",
        "I think so. {lead} is going to talk it over with {p} and {contact} first.",
      ],
    },
    {
      topic: "wellbeing",
      ask: [
        "How was {p} for the rest of the shift?",
        "What was {p}'s mood in the hours afterwards?",
        "How did {p} spend the rest of the day?",
      ],
      answers: [
        "Settled. {^he} ate well at the next meal and spent some time in {his} room with the radio on.",
        "A bit tired, but in good spirits. {^he} joked with {w} before I left.",
        "Quieter than usual at first. After a rest {he} joined in as {he} normally would.",
      ],
    },
  ],
};
