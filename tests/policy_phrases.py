"""Single clauses in many centres' ways of wording them, invented, each with the promises a careful person sees."""

Promises = dict[str, dict[str, object]]

OUT: Promises = {"not-discussed": {"where": "outside-centre"}}
ALL: Promises = {"not-discussed": {"where": "at-all"}}
COURT: Promises = {"no-reports": {"about": "family-proceedings"}}
ANY: Promises = {"no-reports": {"about": "anything"}}
DATES: Promises = {"attendance-only": {}}
RISK: Promises = {"risk-exceptions": {}}
PARENTS: Promises = {"personal-details": {"whose": "parents"}}
CLIENTS: Promises = {"personal-details": {"whose": "clients"}}
OWN: Promises = {"own-boundaries": {}}
KNOWN: Promises = {"somebody-known": {}}
SECURE: Promises = {"secure-place": {}}
OPEN: Promises = {"access": {"how": "open"}}
ASKED: Promises = {"access": {"how": "on-request"}}
YEARLY: Promises = {"review": {"cycle": "annual"}}
REGULAR: Promises = {"review": {"cycle": "regular"}}


def assess(who: str, agreed_by: str) -> Promises:
    return {"assessments": {"who": who, "agreed_by": agreed_by}}


def dbs(level: str, results_to: str = "unstated") -> Promises:
    return {"dbs": {"level": level, "results_to": results_to}}


def gone_after(years: int) -> Promises:
    return {"disposal": {"years": years}}


NAMED, ANYONE = "cafcass-or-social-services", "anyone-agreed"
BOTH, CENTRE = "family-and-coordinator", "centre"
OFFICER, LEADER = "safeguarding-officer-and-chair", "coordinator-or-chair"

PHRASES: list[tuple[str, Promises]] = [
    # Nothing is talked about.
    ("Helpers never talk about the families to anyone outside the hall.", OUT),
    ("What happens at the Centre stays at the Centre.", OUT),
    ("Anything you see or hear during a session must not be repeated elsewhere.", OUT),
    ("We treat everything we learn about a family as strictly confidential.", ALL),
    ("All information about families is held in confidence.", ALL),
    ("No volunteer may speak about any family who comes here.", ALL),
    ("You must not gossip about the children or their parents, whether inside or outside the building.", ALL),
    ("Discussing a family with your own friends or relatives is strictly forbidden.", OUT),
    ("Nothing learnt about those who use the centre may be passed on to third parties.", OUT),
    ("Team members shall not divulge any matter concerning service users to any other person.", ALL),
    ("Please don't mention the families on social media.", OUT),
    ("Information about a family will not be shared with anyone who is not a member of the team.", OUT),
    ("Volunteers keep what they hear about families to themselves.", ALL),
    ("Everything said by children or parents during contact is confidential.", ALL),
    ("We do not reveal to anyone that a family is using our service.", ALL),
    ("Staff and volunteers will not disclose information about service users beyond the Centre.", OUT),
    # No reports.
    ("The Centre does not provide reports to courts, solicitors or Cafcass.", COURT),
    ("No reports, whether spoken or in writing, are given to anybody about contact visits.", ANY),
    ("We cannot write a report for use in court.", COURT),
    ("Volunteers will not report on what takes place between parents and children.", ANY),
    ("Volunteers are not able to give evidence in court proceedings.", COURT),
    ("We never produce written or oral reports of any kind.", ANY),
    ("Volunteers do not take notes of contact sessions.", ANY),
    ("Neither the co-ordinator nor any volunteer will prepare a statement for legal proceedings.", COURT),
    ("Reports for family court hearings will not be supplied by our volunteers.", COURT),
    # Dates and times only.
    ("If the referrer asks, we tell them the dates a family came, and nothing else.", DATES),
    ("Only a record of attendance will be given to solicitors or Cafcass.", DATES),
    (
        "On request we will confirm to the referring solicitor when the family attended; no other details are given.",
        DATES,
    ),
    ("The only information we release to referrers is the dates and times of visits.", DATES),
    ("Attendance dates may be provided to the agency that made the referral. Nothing more will be said.", DATES),
    ("Information passed to courts is limited to dates of attendance.", DATES),
    # The exceptions.
    ("The only time we will break confidentiality is if we think a child may be harmed.", RISK),
    ("Confidentiality cannot be kept where a child or young person is in danger.", RISK),
    ("We may share information without consent if someone's life is at risk.", RISK),
    (
        (
            "Where there is a safeguarding concern about a child, information will be passed to social services or"
            " the police."
        ),
        RISK,
    ),
    ("An exception is made if anyone at the centre is threatened with violence.", RISK),
    ("Confidentiality does not apply when a child is at risk of significant harm.", RISK),
    (
        (
            "We will not keep confidential anything that suggests a child is being abused; it will be passed to"
            " the police."
        ),
        RISK,
    ),
    # Personal details.
    ("We will never tell one parent where the other parent lives.", PARENTS),
    ("A family's address and phone number are not given to anyone unless they agree.", CLIENTS),
    ("Contact details of service users will only be released with their written consent.", CLIENTS),
    ("No addresses, phone numbers or e-mail addresses of parents will be handed to third parties.", PARENTS),
    ("The telephone number of a mother or father is not disclosed to the other party without their consent.", PARENTS),
    ("Users' personal information will not be disclosed to other agencies without permission.", CLIENTS),
    ("Never pass a parent's phone number to their ex-partner.", PARENTS),
    # Own boundaries.
    ("Keep your own address and telephone number private.", OWN),
    ("Volunteers must not meet families socially or away from the centre.", OWN),
    ("Helpers do not share their personal phone numbers with families.", OWN),
    ("Do not accept friend requests from parents on social media.", OWN),
    ("Volunteers should not offer lifts to families or visit them outside the centre.", OWN),
    ("We ask volunteers not to reveal personal details about themselves to users.", OWN),
    ("Never give a parent your home address.", OWN),
    # Somebody known.
    ("If you recognise someone who attends, let the team leader know at once.", KNOWN),
    ("Volunteers who know a family must inform the co-ordinator before the session.", KNOWN),
    (
        "Should a friend or relative of a volunteer use the centre, the volunteer must declare it to the coordinator.",
        KNOWN,
    ),
    (
        "Where a volunteer is acquainted with a family using the centre they should say so to the person in charge.",
        KNOWN,
    ),
    ("You may find that you know one of the parents. If so, tell the co-ordinator.", KNOWN),
    ("Any volunteer related to someone attending the Centre must notify the manager.", KNOWN),
    # Assessments.
    ("Professionals may only assess a family here if the centre has agreed in advance.", assess(ANYONE, CENTRE)),
    (
        (
            "Cafcass officers or social workers may carry out assessments provided both parents and the"
            " co-ordinator consent."
        ),
        assess(NAMED, BOTH),
    ),
    (
        "No one may carry out an assessment at the centre without the prior permission of the co-ordinator.",
        assess(ANYONE, CENTRE),
    ),
    (
        "Assessments by Cafcass or social services take place only by arrangement with the family and the coordinator.",
        assess(NAMED, BOTH),
    ),
    (
        "Solicitors and social workers wishing to observe contact must arrange this beforehand with the co-ordinator.",
        assess(ANYONE, CENTRE),
    ),
    (
        "Anyone wanting to assess a parent on our premises needs the agreement of the parents and of the co-ordinator.",
        assess(ANYONE, BOTH),
    ),
    # DBS.
    ("Every volunteer has an enhanced DBS check before starting.", dbs("enhanced")),
    ("All staff and volunteers are DBS checked.", dbs("unstated")),
    ("Nobody may start work here until a standard DBS certificate has been seen.", dbs("standard")),
    (
        (
            "Volunteers undergo a basic criminal record check. The outcome is shared only with the Chair and the"
            " Safeguarding Lead."
        ),
        dbs("basic", OFFICER),
    ),
    (
        "Volunteers are required to obtain an Enhanced Disclosure. The co-ordinator will be told the result.",
        dbs("enhanced", LEADER),
    ),
    ("Helpers need clearance from the Disclosure and Barring Service.", dbs("unstated")),
    (
        (
            "Each volunteer will be checked through the DBS at enhanced level; only the safeguarding officer and"
            " the chairperson see the certificate."
        ),
        dbs("enhanced", OFFICER),
    ),
    # A secure place.
    ("Referral forms are stored in a locked cabinet.", SECURE),
    ("All records are held securely.", SECURE),
    ("Paper files are kept under lock and key and computer files are password protected.", SECURE),
    ("The register and all forms are locked away after each session.", SECURE),
    ("Data about families is encrypted and stored on one laptop.", SECURE),
    # Disposal.
    ("Records not used for five years are shredded.", gone_after(5)),
    ("Files will be destroyed two years after the last visit.", gone_after(2)),
    ("We keep records for 3 years after a family leaves. They are then securely destroyed.", gone_after(3)),
    ("Information is retained for no more than six years.", gone_after(6)),
    ("After a period of 24 months, unused paperwork is disposed of as confidential waste.", gone_after(2)),
    ("Details of families are deleted one year after the family stops coming.", gone_after(1)),
    # Access.
    ("Parents, volunteers and referrers can ask for a copy of this policy.", ASKED),
    ("This policy is displayed on the notice board for everyone to read.", OPEN),
    ("A copy of the policy is available on request to all who use the centre.", ASKED),
    ("All users and referrers will be told about this policy and given a copy.", OPEN),
    ("This policy can be found on our website.", OPEN),
    ("Families are made aware of this policy at the pre-visit and may read it at any time.", OPEN),
    # Review.
    ("The management committee reviews this policy every year.", YEARLY),
    ("This policy will be looked at again every twelve months.", YEARLY),
    ("We review our policies from time to time.", REGULAR),
    ("The trustees will review the policy every two years.", REGULAR),
    ("This document is reviewed at each annual general meeting.", YEARLY),
    # Once more, in other words.
    (
        (
            "Workers agree to keep all information about families private and not to pass it on to anyone outside"
            " the organisation."
        ),
        OUT,
    ),
    ("Our volunteers have promised never to chat about centre families at home or elsewhere.", OUT),
    (
        "Matters concerning any family using the Centre are not discussed with persons not connected with the Centre.",
        OUT,
    ),
    ("It is forbidden to talk about our families.", ALL),
    ("Whatever you learn about a child in the course of a session goes no further.", OUT),
    ("No details about any individual or family will be revealed to the public.", ALL),
    ("Do not discuss one family with another family.", ALL),
    ("Volunteers respect the confidentiality of everyone who uses the centre and will not talk about them.", ALL),
    ("The Centre remains neutral and will not provide written or verbal reports on any contact.", ANY),
    ("We do not supervise contact, and we do not write reports about it.", ANY),
    ("Volunteers will not be asked to provide reports or appear as witnesses in any court case.", COURT),
    ("We are unable to make any report to a court or to a solicitor about a family.", COURT),
    ("No report, verbal or written, will be made about a family's time at the centre.", ANY),
    (
        (
            "Courts, Cafcass and solicitors may be told the dates when a family attended but will be given no"
            " further information."
        ),
        DATES,
    ),
    ("We will supply referrers with a list of attendances (dates and times) if they ask.", DATES),
    ("A referring agency may be told, when it enquires, whether and when a visit took place.", DATES),
    ("Attendance information (dates and times only) can be supplied to the referrer.", DATES),
    ("Confidential information may be released if there is reason to believe a child is at risk.", RISK),
    ("The exceptions are where a child may be at risk of abuse, or a person is in danger of being assaulted.", RISK),
    ("We would have to pass on information if we were worried about the safety of a child.", RISK),
    ("In the event of a threat of physical harm to anyone, information may be passed to the police.", RISK),
    ("This rule may be set aside only to protect a child from harm or any person from violence.", RISK),
    ("If a volunteer believes a child to be at risk, confidentiality will be overridden.", RISK),
    ("Telephone numbers and addresses are never exchanged between parents by our volunteers.", PARENTS),
    ("Personal data about service users is not shared with third parties without consent.", CLIENTS),
    ("We will not give your address to your former partner.", CLIENTS),
    ("The contact details of either parent are only passed on with that parent's written agreement.", PARENTS),
    ("A client's address, telephone number or workplace must not be disclosed to another client.", CLIENTS),
    ("Volunteers must not give families their surname, address or telephone number.", OWN),
    ("When speaking with families, say little about yourself and nothing about where you live.", OWN),
    ("Volunteers should not form friendships with families outside centre hours.", OWN),
    ("Don't arrange to see a family elsewhere, and don't swap phone numbers with them.", OWN),
    ("If a family you already know is referred, please speak to the co-ordinator.", KNOWN),
    ("Volunteers should inform the team leader if they are known to a family attending.", KNOWN),
    ("If you realise that a user is an acquaintance, tell the session leader, who will arrange cover.", KNOWN),
    (
        (
            "Assessments by outside bodies can be made on the premises only where this has been agreed with the"
            " co-ordinator beforehand."
        ),
        assess(ANYONE, CENTRE),
    ),
    (
        (
            "Social workers and Cafcass officers may assess families here only with the agreement of the family"
            " and the centre."
        ),
        assess(NAMED, BOTH),
    ),
    (
        (
            "The centre does not allow assessments on its premises unless all parties have agreed and the"
            " co-ordinator has been told."
        ),
        assess(ANYONE, BOTH),
    ),
    (
        (
            "A Cafcass officer who wishes to see a child at the centre needs the permission of both parents and"
            " the co-ordinator."
        ),
        assess(NAMED, BOTH),
    ),
    ("All volunteers will be subject to an enhanced DBS disclosure.", dbs("enhanced")),
    (
        (
            "Before helping, volunteers must have been cleared by the Disclosure and Barring Service at standard"
            " level. The result goes to the co-ordinator only."
        ),
        dbs("standard", LEADER),
    ),
    (
        (
            "We carry out enhanced DBS checks on everybody who volunteers with us. Results are seen by the"
            " safeguarding lead and the chair of trustees, no one else."
        ),
        dbs("enhanced", OFFICER),
    ),
    ("No one helps at the centre without a DBS check.", dbs("unstated")),
    ("Completed forms are kept in a locked box to which only the co-ordinator has the key.", SECURE),
    ("Personal information is kept safe and secure.", SECURE),
    ("Computer records are protected by a password.", SECURE),
    ("Paper records must be put away in the locked cupboard at the end of each session.", SECURE),
    ("Any information held about a family will be destroyed after 3 years.", gone_after(3)),
    ("Papers we have not needed for three (3) years are burnt or shredded.", gone_after(3)),
    ("Records will be kept for a maximum of 7 years.", gone_after(7)),
    ("Three years after a family's last visit their records are shredded.", gone_after(3)),
    ("Everyone using the centre will know about this policy and may see it whenever they ask.", ASKED),
    ("All parents and referrers will receive a copy of the policy.", OPEN),
    (
        (
            "We make sure that volunteers, families and referrers know this policy exists; anyone can have a copy"
            " if they ask."
        ),
        ASKED,
    ),
    ("A copy hangs on the wall for all users to see.", OPEN),
    ("This policy shall be reviewed yearly.", YEARLY),
    ("We will revise this policy annually or sooner if the law changes.", YEARLY),
    ("The committee keeps this policy under regular review.", REGULAR),
    ("The policy will be monitored and reviewed periodically.", REGULAR),
    # Several at once.
    ("Records are kept in a locked cupboard and shredded after three years.", SECURE | gone_after(3)),
    ("This policy is on our website and is reviewed annually.", OPEN | YEARLY),
    (
        "Volunteers must not discuss families outside the Centre or give out their own telephone number.",
        OUT | OWN,
    ),
]

NO_PROMISES = [
    "Please see the DBS policy.",
    "This confidentiality policy covers everyone who helps at the centre.",
    "We recognise that confidentiality matters to families.",
    "For more information see our Data Protection Policy.",
    "Children must be supervised by their parents at all times.",
    "Parents must not discuss court matters in front of the children.",
    "Volunteers should not hesitate to discuss a worry with the co-ordinator.",
    "Any concern about a child must be reported to the safeguarding officer immediately.",
    "A risk assessment of the building is carried out each year.",
    "Progress is reviewed after three months.",
    "Volunteers serve for a trial period of six months.",
    "The co-ordinator speaks with both parents before the first visit.",
    "Volunteers receive training in safeguarding every three years.",
    "The centre is open on the first and third Saturday of the month.",
    "Parents should tell the co-ordinator if they change their address.",
    "The outer doors are kept locked during sessions.",
    "Families arrive at different times and use separate doors.",
    "Volunteers are given a copy of the fire procedure.",
    "Our safeguarding policy is available on request.",
    "The aim of this policy is to protect everybody.",
    "Volunteers attend training on two dates each year.",
    "The Disclosure and Barring Service is part of the Home Office.",
    "Accidents are recorded in the accident book.",
    "Please report any accident or incident to the team leader without delay.",
    "Breaking this policy may lead to a volunteer being asked to leave.",
    "Children are kept safe at all times.",
    "Volunteers must read and sign this policy.",
    "Let the co-ordinator know if you cannot come.",
    "Photographs may be taken only with permission.",
    "Families are asked to be on time.",
    "We keep a first aid box in a safe place.",
    "The Chair signs the accounts each year.",
    "The policy was written by the trustees.",
    "Volunteers who have a concern should speak to the safeguarding lead.",
    "Parents may not take photographs without agreement.",
    "Volunteers wear a badge with their first name.",
    "The purpose of confidentiality is to build trust.",
    "Our data protection policy explains how records are kept.",
    "Contact sessions are reviewed by the co-ordinator every six months.",
    "Parents should keep the co-ordinator informed of any change of telephone number.",
    "Each volunteer will have an induction.",
    "If you are unsure, ask the co-ordinator.",
    "Families should report any problem to the leader.",
    "No child may leave the building without the resident parent's permission.",
    "We are a member of the national association.",
    "Volunteers know the fire exits.",
    "Volunteers must follow this policy.",
    "All volunteers sign to say that they have read and understood this policy.",
    "Cafcass may refer families to us.",
]
