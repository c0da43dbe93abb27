/*
 * The protocol by which answers are believed that are given from memory, and reads that are joined.
 *
 * Checked by spin, over all orders of what can happen: `make model`. The rules in words are in
 * docs/decisions/sessions-from-memory.md; what is modelled and what is left out is said here.
 *
 * ONE RECORD, a session, that exists at first and is deleted at some moment. Answering "valid" after that is what the
 * protocol bounds. `session_revocation_lag_bound_seconds` exports the bound.
 *
 * TWO SERVERS. Server 0 is the primary until a failover. Then server 1 is, with all that was written (a write that a
 * failover loses is no matter of this protocol), and server 0 either says that it is a replica, or goes on to say that it is
 * the primary. Connections to it live on. The address may lead to either of them.
 *
 * THE READER is the worker whose requests are followed. Worker 0 owns the feed; every other worker, worker 1 here, has to do
 * with worker 0 alone, so one stands for any number. The model is checked in four parts:
 *
 *      reads     a worker without a feed: what is read, and that there is no record
 *      feed      worker 0 is the reader; its line is the feed's partner
 *      pushes    the same with a feed of RESP3: the server tells on the connection that asked for it, and each heartbeat on it says
 *                whether it still does (PushConnectionState). Nothing is redirected
 *      workers   worker 1 is the reader; worker 0 does anything that the part "feed" shows (by assertions of its own) to be
 *                all that it can do: it tells of everything before it tracks anew, and gives no lease past a change that
 *                it has not told
 *
 *      worker 0 ---- line[0], the feed's partner ----> a server      Sources/Redis/Connection, Sources/Redis/Proof
 *      worker 0 <--- feed ---------------------------- a server      Sources/Redis/Tracking
 *      worker 0 ---- mailbox, in lots ---------------> worker 1      Sources/Worker
 *      worker 1 ---- line[1] ------------------------> a server      Sources/Redis/Connection, Sources/Redis/Proof
 *
 * Bytes on one connection keep their order. There is no order between connections: every command waits for as long as it
 * likes before a server executes it, and every reply, message and lot before it is received.
 *
 * TIME is counted in ticks, one for each interval between heartbeats (250 ms). Nothing holds a moment: everything that ages
 * has its age in ticks, so the model has no end and finitely many states. What is sent with a tick is sent at its beginning. So
 * a lease of LEASE ticks covers the ticks of ages 0 to LEASE - 1; a request that is sent within a tick is at most
 * TIMEOUT + 1 ticks old when it times out, and may have any age up to TIMEOUT before; and an event that happens n ticks after
 * another happens less than n + 1 intervals after it. Hence the assertions say "less than" of ticks where the bound says "at
 * most" of time.
 *
 * WHAT IS LEFT OUT. `role: any`. Commands that the server refuses (then nothing is trusted). Records that say that they are
 * another's. Look-ups that wait for a connection: they are sent when it is ready, as if they came then. In the part "feed" the
 * next round of a proof is not sent before the last is answered, and no second redirection before the first. A reply that takes
 * longer than PATIENCE ends its connection.
 *
 * A PONG may overtake the message of a write that the server executed before the PING: in broadcast mode it tells of keys at the
 * end of a turn of its loop. It executes in a turn only what had arrived at the turn's beginning, as long as no more than one
 * PING is on its way; such a PING was sent before the write, and whether it is executed before or after is the same to us.
 *
 * A mistake is planted by -DMISTAKE_name (Tests/Model/run says which there are); spin must find an error with each.
 */

/* Sources/Redis/Tracking, TrackingState: how long a heartbeat is a lease, from when it was sent (1 s). */
#ifndef LEASE
#define LEASE 4
#endif
/* sessions.redis.command_timeout (250 ms): how long a read may be joined. */
#ifndef TIMEOUT
#define TIMEOUT 1
#endif
/* CommandPipeline: a connection is given up when a reply takes longer (twice the time-out). */
#ifndef PATIENCE
#define PATIENCE (2 * TIMEOUT)
#endif
/* The interval between heartbeats. */
#define BEAT 1

/* The exported bound of what is read, and of what is remembered. */
#define READ_BOUND (TIMEOUT + BEAT)
#define MEMORY_BOUND LEASE
/* Up to here it is counted how long ago the record was deleted. */
#define LONG_AGO (READ_BOUND > MEMORY_BOUND -> READ_BOUND : MEMORY_BOUND)

/* How many rounds of a proof, and redirections, may be on their way on one line. */
#ifdef MISTAKE_HEARTBEAT_WAITS
#define ROUNDS 1
#endif
#ifndef ROUNDS
#define ROUNDS (PATIENCE + 2)
#endif
#ifdef PART_FEED
#define ROOM (ROUNDS + 2)
#else
#define ROOM (ROUNDS + 1)
#endif

mtype = { get, proof, track };

/* A command on a data connection, from when it is sent until its reply is received. CommandPipeline.swift */
typedef Command {
    mtype kind;
    byte age;         /* since it was sent */
    byte reply;       /* of a server, once it is executed: see below */
    /* Of a read. One of those who wait for it is followed: who asked or who joined last. The others are in other runs. */
    bit joinable;     /* LookUps.joinable has it */
    bit watched;      /* who waits has a watch, and it is not broken: RecordWatch */
    /* What the properties are about; the protocol doesn't know it. */
    bit outdated;     /* a change was told since it was sent */
    bit joinedOutdated; /* who waits joined it after that */
    bit cameTooLate   /* who waits came when the record was gone for longer than the bound of reads */
};

/* What a `get` says. */
#define FOUND 0
#define MISSING 1
#define WRONGLY_MISSING 2 /* the server is no primary and lost its data: the record exists */

/* What a `proof` says: of the role, and of the tracking (CLIENT TRACKINGINFO). */
#define SAYS_REPLICA 4
#define UNTRACKED 0 /* nobody is told */
#define TELLS_FEED 1
#define BROKEN 2    /* the feed that it tells is gone */
#define TELLS_STRANGER 3 /* the number of our feed is another client's at this server */

/* What a `track` redirects to, until it is executed. */
#define TO_FEED 0
#define TO_LOST_FEED 1

/* A data connection. Sources/Redis/Connection */
mtype = { proving, ready };
typedef Line {
    mtype phase;
    bit server;
    Command queue[ROOM];
    byte count;    /* commands on the line, oldest first */
    byte executed  /* how many of them the server has executed */
};
Line line[2];

/* The feed. Sources/Redis/Tracking, FeedConnectionState */
mtype = { subscribing, listening };
mtype feedPhase = subscribing;
bit feedServer;
bit feedCut;       /* the server has lost it; the client does not know */
mtype = { pong, change, flush, untold };
mtype feedQueue[2]; /* messages on their way to us: that of the deletion and a pong */
byte feedCount;
/* The PING, of which at most one is on its way (see above why). */
mtype = { none, sent, answered };
mtype ping = sent;
byte pingAge;

/* What the servers know. */
bit gone;              /* the record was deleted, at the primary of that time */
byte sinceGone;        /* for how many ticks */
bit failedOver;        /* server 1 is the primary */
bit split;             /* server 0 still says that it is one */
bit emptied;           /* server 0, a replica, lost its data */
bit stale;             /* server 0 has the record that is gone: it was deleted at server 1 */
byte tracking;         /* of line[0] at its server: UNTRACKED, ... */

/* Worker 0, owner of the feed. Sources/Redis/Tracking, TrackingState */
mtype = { off, asked, agreed, on };
mtype trackingPhase = off;

byte dataAge = LEASE;  /* while `on`: since the last answered heartbeat was sent on line[0]; LEASE: too long ago */
byte feedAge = LEASE;  /* the same on the feed */
bit isRedirected;      /* a redirection was answered on this line: from then on ServerProof asks for it */

/* What the properties are about; the protocol doesn't know it. */
bit tracked;           /* the redirection that is in force was executed */
bit gaveLease;         /* since everything was told last */
bit unheard;           /* the record was deleted since then, at the leases' server or a new primary, and that was not told */

/* From worker 0 to worker 1, in order. Sources/Worker/Message.swift */
#ifndef MAILBOX
#define MAILBOX 3
#endif
mtype = { changed, everything, lease };
typedef Lot {
    mtype what;
    byte since; /* of a lease: since the older of its two heartbeats was sent */
    bit runID   /* of a lease: the feed's server */
};
Lot mailbox[MAILBOX];
byte lots;

/* The reader. Sources/Worker/Loop, WorkerContext; Sources/Authentication/Cache, RecordWatches */
bit reader;            /* which worker it is */
byte leaseAge = LEASE; /* of the lease that the feed's owner gave last; LEASE: none that is still good */
bit leaseRun;          /* whose it is */
byte ownAge = LEASE;   /* since the last proven heartbeat was sent on the reader's own line */
bit remembers;         /* an answer "valid" rests on the record, and no change of it was told since it was asked for */
bit reads;             /* a read of its own is on its way */
bit awaitsProof;       /* WRONGLY_MISSING was said, and waits for a round behind it */

/* Scratch: zero between steps, so that it adds no states. */
byte i;
byte said;
byte found;
byte since;
byte was;
byte isProven;
byte wasProving;

/* The partner's heartbeats are in the lease already. */
#define OWN_IS_GOOD (reader == 0 || ownAge < LEASE)
/* Whether the reader may answer from memory, and remember. */
#ifdef MISTAKE_RUN_ID_NOT_COMPARED
#define TRUSTED (leaseAge < LEASE && OWN_IS_GOOD)
#else
#define TRUSTED (leaseAge < LEASE && OWN_IS_GOOD && leaseRun == line[reader].server)
#endif

#define SAYS_PRIMARY(s) ((s) == failedOver || (split && (s) == 0))
/* The split server's own clients hear of no change at the other one, and nobody can know. */
#define IS_EXCUSED(s) (split && (s) == 0)

inline forget() {
    i = 0; said = 0; found = 0; since = 0; was = 0; isProven = 0; wasProving = 0
}

/* ---- The queue of a line ---- */

inline clear(w, n) {
    line[w].queue[n].kind = 0; line[w].queue[n].age = 0; line[w].queue[n].reply = 0;
    line[w].queue[n].joinable = 0; line[w].queue[n].watched = 0;
    line[w].queue[n].outdated = 0; line[w].queue[n].joinedOutdated = 0; line[w].queue[n].cameTooLate = 0
}

/* The oldest command is answered, or one timed out. */
inline remove(w, n) {
    if :: line[w].queue[n].kind == get -> reads = 0 :: else fi;
    for (i : n + 1 .. ROOM - 1) {
        line[w].queue[i - 1].kind = line[w].queue[i].kind;
        line[w].queue[i - 1].age = line[w].queue[i].age;
        line[w].queue[i - 1].reply = line[w].queue[i].reply;
        line[w].queue[i - 1].joinable = line[w].queue[i].joinable;
        line[w].queue[i - 1].watched = line[w].queue[i].watched;
        line[w].queue[i - 1].outdated = line[w].queue[i].outdated;
        line[w].queue[i - 1].joinedOutdated = line[w].queue[i].joinedOutdated;
        line[w].queue[i - 1].cameTooLate = line[w].queue[i].cameTooLate
    }
    clear(w, ROOM - 1);
    line[w].count--;
    if :: line[w].executed > n -> line[w].executed-- :: else fi
}

/* How many commands of a kind are in the queue: in `found`. */
inline find(w, what) {
    found = 0;
    for (i : 0 .. ROOM - 1) {
        if :: line[w].queue[i].kind == what -> found++ :: else fi
    }
}

/* Where the read is: in `found`; ROOM when there is none. */
inline findRead(w) {
    found = ROOM;
    for (i : 0 .. ROOM - 1) {
        if :: line[w].queue[i].kind == get -> found = i :: else fi
    }
}

/* ---- What the reader hears: WorkerContext.recordChanged, distrustSessions, trustSessions ---- */

inline stopJoining() {
    for (i : 0 .. ROOM - 1) { line[reader].queue[i].joinable = 0 }
}

inline breakWatches() {
    remembers = 0;
    for (i : 0 .. ROOM - 1) { line[reader].queue[i].watched = 0 }
}

inline hearChange() {
    printf("the reader hears that the record changed\n");
    breakWatches();
    for (i : 0 .. ROOM - 1) {
        if :: line[reader].queue[i].kind == get -> line[reader].queue[i].outdated = 1 :: else fi
    }
#ifndef MISTAKE_CHANGE_LEAVES_READS_JOINABLE
    stopJoining()
#endif
}

inline distrust() {
    breakWatches();
    stopJoining()
}

/* Where trust begins anew: what was asked before may be older than what would have been told meanwhile. */
inline began(before) {
#ifdef MISTAKE_TRUST_LEAVES_READS_JOINABLE
    skip
#else
    if :: !before && TRUSTED -> stopJoining() :: else fi
#endif
}

inline hearLease(old, whose) {
    printf("the reader hears of a lease of server %d, %d ticks old\n", whose, old);
    was = TRUSTED;
    leaseAge = old; leaseRun = (old < LEASE -> whose : 0);
    began(was)
}

inline hearEverything() {
    printf("the reader hears that everything may have changed\n");
    leaseAge = LEASE; leaseRun = 0;
    distrust()
}

/* ---- What worker 0 tells: to itself at once, to worker 1 by the mailbox ---- */

inline append(news, old, whose) {
    mailbox[lots].what = news; mailbox[lots].since = old; mailbox[lots].runID = whose;
    lots++
}

inline tellChange() {
    unheard = 0;
    if :: reader == 0 -> hearChange() :: else -> append(changed, 0, 0) fi
}

inline tellEverything() {
    gaveLease = 0; unheard = 0;
    if
    :: reader == 0 -> hearEverything()
    :: reader == 1 && lots > 0 && mailbox[lots - 1].what == everything
    :: else -> append(everything, 0, 0)
    fi
}

/* A lease of this age. */
inline giveLease(old) {
    /* The part "workers" relies on this: no lease reaches past a change that was not told before it. */
    assert(!unheard || old >= sinceGone);
    gaveLease = 1;
    if
    :: reader == 0 -> hearLease(old, feedServer)
#ifdef MISTAKE_LEASE_OVERTAKES
    :: reader == 1 -> hearLease(old, feedServer)
#else
    /* The newest is enough where nothing is between them. */
    :: reader == 1 && lots > 0 && mailbox[lots - 1].what == lease ->
        mailbox[lots - 1].since = old; mailbox[lots - 1].runID = feedServer
    :: else -> append(lease, old, feedServer)
#endif
    fi
}

/* TrackingState.trust */
inline tellLease() {
    if
    :: trackingPhase == on ->
        since = (dataAge > feedAge -> dataAge : feedAge);
        giveLease(since)
    :: else
    fi
}

/* TrackingState.turnOff */
inline turnOff() {
    if :: trackingPhase == on -> tellEverything() :: else fi;
    trackingPhase = off; dataAge = LEASE
}

inline redirect() {
    if
    :: line[0].phase == ready && feedPhase == listening ->
#ifdef PUSHES
        trackingPhase = agreed
#else
        line[0].queue[line[0].count].kind = track; line[0].queue[line[0].count].reply = TO_FEED;
        line[0].count++;
        trackingPhase = asked
#endif
    :: else
    fi
}

/* ---- Connections end, for whatever reason, and are made anew ---- */

/* One that is made later is one that is lost again before anything was executed on it. */
inline loseFeed(to) {
    printf("the feed is lost, and connects to server %d\n", to);
    feedPhase = subscribing; feedServer = to; feedCut = 0; feedAge = LEASE;
    ping = sent; pingAge = 0;
    feedQueue[0] = 0; feedQueue[1] = 0; feedCount = 0;
    if :: tracking == TELLS_FEED -> tracking = BROKEN :: else fi;
    /* The number that these name is nobody's from now on. */
    for (i : 0 .. ROOM - 1) {
        if :: line[0].queue[i].kind == track -> line[0].queue[i].reply = TO_LOST_FEED :: else fi
    }
#ifdef MISTAKE_LOST_FEED_FORGETS_NOTHING
    trackingPhase = off; dataAge = LEASE;
#else
    turnOff();
#endif
    tracked = 0;
    if :: !gaveLease -> unheard = 0 :: else fi
}

inline close(w, to) {
    printf("worker %d loses its connection, and connects to server %d\n", w, to);
    for (i : 0 .. ROOM - 1) { clear(w, i) }
    line[w].phase = proving; line[w].server = to; line[w].executed = 0;
    line[w].queue[0].kind = proof; line[w].count = 1;
    if :: w == reader -> ownAge = LEASE; reads = 0; awaitsProof = 0; distrust() :: else fi;
    if :: w == 0 -> 
#ifdef PUSHES
        turnOff()
#else
        tracking = UNTRACKED; isRedirected = 0; turnOff();
        tracked = 0;
        if :: !gaveLease -> unheard = 0 :: else fi
#endif
    :: else fi
}

/* ---- Requests at the reader: Resolver, LookUps.ask ---- */

/* The one who asked last is followed. */
inline wait(n) {
    line[reader].queue[n].watched = TRUSTED;
    line[reader].queue[n].joinedOutdated = line[reader].queue[n].outdated
#ifdef PART_READS
    ;
    line[reader].queue[n].cameTooLate =
        (gone && sinceGone >= READ_BOUND && !IS_EXCUSED(line[reader].server))
#endif
}

inline ask() {
    findRead(reader);
    if
    :: found < ROOM && line[reader].queue[found].joinable ->
        printf("a request joins the read on its way\n");
        wait(found)
    :: found == ROOM ->
        printf("a request asks for the record\n");
        reads = 1;
        line[reader].queue[line[reader].count].kind = get;
        line[reader].queue[line[reader].count].joinable = 1;
        wait(line[reader].count);
        line[reader].count++
    /* Others may ask for it anew: of reads that are not joined one is followed at a time. */
    :: else
    fi
}

inline receiveRead(w) {
    said = line[w].queue[0].reply;
    if
    :: said == FOUND ->
        printf("the read says: valid\n");
        /* No request is answered by a read from before a change that was told before the request came. */
        assert(!line[w].queue[0].joinedOutdated);
        /* No request is answered "valid" by a read that came when the record was gone for longer than the bound. */
#ifdef PART_READS
        assert(!line[w].queue[0].cameTooLate);
#endif
        /* AnswerCache.remember */
#ifdef MISTAKE_LATE_STAMP
        remembers = remembers || TRUSTED
#else
        remembers = remembers || (line[w].queue[0].watched && TRUSTED)
#endif
    :: said == WRONGLY_MISSING ->
        printf("the read says: no record\n");
#ifdef MISTAKE_ABSENCE_NOT_PROVEN
        assert(said != WRONGLY_MISSING)
#else
        awaitsProof = 1
#endif
    :: else
    fi;
    remove(w, 0)
}

/* ---- What is answered to ourselves ---- */

#ifdef MISTAKE_RUN_ID_NOT_COMPARED
#define IS_ELSEWHERE(w) false
#else
#define IS_ELSEWHERE(w) (w == 1 && leaseAge < LEASE && leaseRun != line[w].server)
#endif

/* ServerProof.answered: a failure ends the connection. */
inline receiveProof(w) {
    said = line[w].queue[0].reply; since = line[w].queue[0].age;
    remove(w, 0);
    if
    :: (said & SAYS_REPLICA) || IS_ELSEWHERE(w) ->
        printf("worker %d: the proof failed\n", w);
        close(w, failedOver)
#ifndef MISTAKE_TRACKING_NOT_ASKED
    :: !(said & SAYS_REPLICA) && !IS_ELSEWHERE(w) && w == 0 && isRedirected && said == UNTRACKED ->
        printf("worker 0: the server tells nobody any more\n");
        close(0, failedOver)
#endif
    :: else -> proven(w)
    fi
}

inline proven(w) {
    printf("worker %d: the server proved itself, %d ticks ago\n", w, since);
    wasProving = (line[w].phase == proving);
    if
    :: w == reader ->
        /* That there is no record is believed now: everything that was said before was asked before. */
        assert(!awaitsProof);
        was = TRUSTED;
        line[w].phase = ready;
#ifdef MISTAKE_LEASE_FROM_REPLY
        ownAge = 0;
#else
        ownAge = (reader == 1 -> since : LEASE);
#endif
        began(was)
    :: else -> line[w].phase = ready
    fi;
    if
    :: w == 0 && wasProving -> redirect()
    :: w == 0 && !wasProving -> dataAnswered()
    :: else
    fi
}

/* TrackingState.dataAnswered, ChangeFeed.proven */
inline dataAnswered() {
#ifdef MISTAKE_TRACKING_NOT_ASKED
    isProven = (feedPhase == listening && line[0].server == feedServer);
#else
    isProven = (feedPhase == listening && line[0].server == feedServer && said != BROKEN);
#endif
    if
    :: isProven && (trackingPhase == agreed || trackingPhase == on) ->
        trackingPhase = on;
#ifdef MISTAKE_LEASE_FROM_REPLY
        dataAge = 0;
#else
        dataAge = since;
#endif
        tellLease()
    :: !isProven && trackingPhase == on ->
        tellEverything();
        trackingPhase = agreed; dataAge = LEASE
    :: !isProven && trackingPhase == agreed && line[0].server != feedServer ->
        printf("worker 0: the feed has reached another server\n");
        loseFeed(failedOver)
    :: else
    fi
}

/* TrackingState.redirected */
inline receiveTrack() {
    remove(0, 0);
    isRedirected = 1;
    if :: trackingPhase == asked -> trackingPhase = agreed :: else fi
}

#ifdef MISTAKE_UNTOLD_IGNORED
#define UNTOLD_COUNTS (said == untold)
#else
#define UNTOLD_COUNTS false
#endif

/* FeedConnectionState.listening, PushConnectionState.answered; the queue has at least one message. */
inline receiveMessage() {
    said = feedQueue[0];
    feedQueue[0] = feedQueue[1]; feedQueue[1] = 0; feedCount--;
    if
    :: said == change -> tellChange()
    :: said == flush ->
        unheard = 0;
        if :: trackingPhase == on -> tellEverything(); tellLease() :: else fi
#ifdef PUSHES
#ifndef MISTAKE_UNTOLD_IGNORED
    :: said == untold ->
        printf("the feed hears that it is told nothing\n");
        loseFeed(failedOver)
#endif
#endif
    :: said == pong || UNTOLD_COUNTS ->
#ifdef MISTAKE_LEASE_FROM_REPLY
        feedAge = 0;
#else
        feedAge = pingAge;
#endif
        ping = none; pingAge = 0;
        if
        :: feedPhase == subscribing -> feedPhase = listening; redirect()
        :: else -> tellLease()
        fi
    fi
}

/* ---- A server executes a command ---- */

inline execute(w) {
    i = line[w].executed;
    if
    :: line[w].queue[i].kind == get ->
        if
        :: (line[w].server == 0 -> !emptied && (!gone || stale) : !gone) -> line[w].queue[i].reply = FOUND
        :: line[w].server == 0 && emptied && !gone -> line[w].queue[i].reply = WRONGLY_MISSING
        :: else -> line[w].queue[i].reply = MISSING
        fi
    :: line[w].queue[i].kind == proof ->
        if
        :: !SAYS_PRIMARY(line[w].server) -> line[w].queue[i].reply = SAYS_REPLICA
#ifdef PUSHES
        :: else -> line[w].queue[i].reply = 0
#else
        :: else -> line[w].queue[i].reply = (w == 0 -> tracking : 0)
#endif
        fi
    :: line[w].queue[i].kind == track ->
        if
        :: line[w].queue[i].reply == TO_LOST_FEED || feedCut -> tracking = BROKEN
        :: else -> tracking = (feedServer == line[0].server -> TELLS_FEED : TELLS_STRANGER)
        fi;
        /* Leases of one tracking end before another begins: everything was told. */
        assert(!gaveLease);
        tracked = (tracking == TELLS_FEED);
        line[w].queue[i].reply = 0
    fi;
    line[w].executed++
}

inline executePing() {
#ifdef PUSHES
    if
    :: feedPhase == subscribing ->
        /* Leases of one tracking end before another begins: everything was told. */
        assert(!gaveLease);
        tracking = TELLS_FEED; tracked = 1
    :: else
    fi;
    feedQueue[feedCount] = (tracking == TELLS_FEED -> pong : untold);
#else
    feedQueue[feedCount] = pong;
#endif
    ping = answered; feedCount++
}

/*
 * When does a server execute a command? It matters only whether before or after what changes the reply. So a server executes
 * at the last moment: before one of its replies is received, or before something happens to the servers; then of each
 * connection as many commands as it likes.
 */
inline executeSome(w) {
    do
    :: d_step { line[w].executed < line[w].count -> execute(w); forget() }
    :: break
    od
}

inline executeSomePings() {
    if
    :: d_step { ping == sent && !feedCut -> executePing(); forget() }
    :: true
    fi
}

/* ---- Time ---- */

inline beat(w) {
    find(w, proof);
    if
#ifdef MISTAKE_HEARTBEAT_WAITS
    :: line[w].phase == ready && found < ROUNDS ->
#else
    :: found < ROUNDS ->
#endif
        line[w].queue[line[w].count].kind = proof; line[w].count++
    :: else
    fi
}

inline growOld(w) {
    for (i : 0 .. ROOM - 1) {
        if :: line[w].queue[i].kind != 0 -> line[w].queue[i].age++ :: else fi
    }
    /* Nobody waits for a read that timed out; its reply will be dropped. */
    findRead(w);
    if :: found < ROOM && line[w].queue[found].age > TIMEOUT -> remove(w, found) :: else fi;
    if :: line[w].queue[0].age > PATIENCE -> close(w, failedOver) :: else fi
}

#define OLDER(n) n = (n < LEASE -> n + 1 : LEASE)

inline tick() {
    OLDER(dataAge); OLDER(feedAge); OLDER(leaseAge); OLDER(ownAge);
    if :: leaseAge == LEASE -> leaseRun = 0 :: else fi;
    for (i : 0 .. MAILBOX - 1) {
        if :: mailbox[i].what == lease -> OLDER(mailbox[i].since) :: else fi
    }
    if :: gone && sinceGone < LONG_AGO -> sinceGone++ :: else fi;
    growOld(reader);
#ifdef PART_FEED
    if
    :: ping == none && feedPhase == listening -> ping = sent
    :: ping != none && pingAge == PATIENCE -> loseFeed(failedOver)
    :: ping != none && pingAge < PATIENCE -> pingAge++
    :: else
    fi;
#endif
    beat(reader)
}

/* ---- Processes: each step is one of these ---- */

/* Worker 0 posts to the mailbox when there is room; one place is kept for what time does. */
#define CAN_POST(n) (lots + n < MAILBOX)

/*
 * Nothing is followed any further when the reader remembers nothing, and no server that it could read from has the record:
 * nothing can become of it. (A replica says what it is before it is read from.)
 */
#define CANNOT_READ_REPLICA (line[reader].server == 1 || (line[reader].phase == proving && line[reader].executed == 0))
#define IS_OVER (gone && !remembers && !reads && !awaitsProof && (!stale || (!split && CANNOT_READ_REPLICA)))

proctype Clock() provided (!IS_OVER) {
    do
    :: d_step { lots < MAILBOX -> printf("--- a tick\n"); tick(); forget() }
    od
}

/* What happens to servers and connections. */
proctype World() provided (!IS_OVER) {
    do
    /* By DEL, or by FLUSHALL. */
    :: atomic {
        !gone -> executeSome(reader); executeSomePings();
        d_step {
            printf("the record is deleted\n");
            gone = 1; stale = failedOver && !emptied;
            unheard = (tracked && !(split && feedServer == 0))
        }
        if
#ifdef PUSHES
        :: tracking == TELLS_FEED && feedServer == failedOver ->
#else
        :: tracking == TELLS_FEED && line[0].server == failedOver ->
#endif
            if :: feedQueue[feedCount] = change :: feedQueue[feedCount] = flush fi;
            feedCount++
        :: else
        fi
    }
    :: atomic {
        !failedOver -> executeSome(reader);
        failedOver = 1;
        if
        :: printf("server 0 is a replica, server 1 the primary\n")
        :: split = 1; printf("server 1 is the primary, and server 0 says so, too\n")
        fi
    }
    /* The address may still lead to server 0 after it was left. */
    :: d_step { CAN_POST(1) -> close(reader, 0); forget() }
    :: d_step { CAN_POST(1) && failedOver -> close(reader, 1); forget() }
#ifdef PART_READS
    :: atomic {
        failedOver && !split && !emptied -> executeSome(reader);
        d_step { printf("server 0 loses its data\n"); emptied = 1; stale = 0 }
    }
#endif
#ifdef PART_FEED
    :: d_step { CAN_POST(1) -> loseFeed(0); forget() }
    :: d_step { CAN_POST(1) && failedOver -> loseFeed(1); forget() }
    /* A proxy that shares connections does this, or RESET. */
    :: atomic {
        tracking == TELLS_FEED -> executeSome(0);
        d_step { printf("the server stops telling\n"); tracking = UNTRACKED }
    }
    :: atomic {
        !feedCut -> executeSome(0); executeSomePings();
        d_step {
            printf("the server loses the feed\n");
            feedCut = 1;
            if :: tracking == TELLS_FEED -> tracking = BROKEN :: else fi
        }
    }
#endif
    od
}

/* A worker's own line. */
inline receive(w) {
    if :: line[w].executed == 0 -> execute(w) :: else fi;
    if
    :: line[w].queue[0].kind == proof -> receiveProof(w)
    :: line[w].queue[0].kind == track -> receiveTrack()
    :: line[w].queue[0].kind == get -> receiveRead(w)
    fi
}

proctype DataConnection() provided (!IS_OVER) {
    do
    :: d_step { line[reader].count > 0 && CAN_POST(1) -> receive(reader); forget() }
    od
}

#ifdef PART_FEED
/* One redirection is on its way at most: the feed's set-up takes until the last one is answered. */
#define HAS_TRACK (line[0].queue[0].kind == track || line[0].queue[1].kind == track || line[0].queue[2].kind == track)

proctype Feed() provided (!IS_OVER) {
    do
    :: d_step {
        (feedCount > 0 || (ping == sent && !feedCut)) && !(feedPhase == subscribing && HAS_TRACK) ->
        if :: feedCount == 0 -> executePing() :: else fi;
        receiveMessage();
        forget()
    }
    od
}
#endif

#ifdef PART_WORKERS
/* Worker 0, as the part "feed" shows it to be: it tells of everything before another tracking, and of a change before leases. */
proctype Owner() provided (!IS_OVER) {
    do
    :: d_step { !tracked && SAYS_PRIMARY(0) -> printf("worker 0 hears of server 0\n"); tracked = 1; feedServer = 0 }
    :: d_step { !tracked && failedOver -> printf("worker 0 hears of server 1\n"); tracked = 1; feedServer = 1 }
    :: d_step { tracked && CAN_POST(1) -> tracked = 0; feedServer = 0; tellEverything(); forget() }
    :: d_step { unheard && feedServer == failedOver && CAN_POST(1) -> tellChange(); forget() }
    /* One that was sent earlier is one that waits in the mailbox. */
    :: d_step { tracked && !unheard && CAN_POST(1) -> giveLease(0); forget() }
    :: d_step { tracked && unheard && sinceGone < LEASE && CAN_POST(1) -> giveLease(sinceGone); forget() }
    od
}

/* A lot waits for as long as it likes: until the worker turns, for which a lot of changes alone does not wake it. */
proctype Mailbox() provided (!IS_OVER) {
    do
    :: d_step {
        lots > 0 ->
        said = mailbox[0].what; since = mailbox[0].since; isProven = mailbox[0].runID;
        for (i : 1 .. MAILBOX - 1) {
            mailbox[i - 1].what = mailbox[i].what; mailbox[i - 1].since = mailbox[i].since;
            mailbox[i - 1].runID = mailbox[i].runID
        }
        mailbox[MAILBOX - 1].what = 0; mailbox[MAILBOX - 1].since = 0; mailbox[MAILBOX - 1].runID = 0;
        lots--;
        if
        :: said == changed -> hearChange()
        :: said == everything -> hearEverything()
        :: said == lease -> hearLease(since, isProven)
        fi;
        forget()
    }
    od
}
#endif

/* Requests at the reader. */
proctype Requests() provided (!IS_OVER) {
    do
    :: d_step {
        remembers && TRUSTED ->
        /* No answer "valid" is given from memory when the record is gone for longer than the bound. */
        assert(!gone || sinceGone < MEMORY_BOUND || IS_EXCUSED(leaseRun))
    }
    :: d_step { line[reader].phase == ready && !(remembers && TRUSTED) -> ask(); forget() }
    od
}

init {
    atomic {
#ifdef PART_WORKERS
        reader = 1;
#endif
        line[reader].phase = proving; line[reader].queue[0].kind = proof; line[reader].count = 1;
        run Clock(); run World(); run DataConnection(); run Requests();
#ifdef PART_FEED
        run Feed()
#endif
#ifdef PART_WORKERS
        run Owner(); run Mailbox()
#endif
    }
}
