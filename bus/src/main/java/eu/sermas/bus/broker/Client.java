package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.ConnectionMemory;
import eu.sermas.bus.session.Session;
import org.jspecify.annotations.Nullable;

/// One connected client, from CONNACK until its connection is gone: hands each packet to the part
/// that answers it, and ends the connection where a packet, the clock or the broker says so.
///
/// All methods are called on the event loop that owns the session.
public final class Client {

    /// One and a half times a second.
    private static final long KEEP_ALIVE_MILLIS = 1500;

    // For the life of the connection.
    private final Shard shard;
    private final Sessions sessions;
    private final Session session;
    private final Connection connection;
    private final long silenceMillis;
    private final Renewal renewal;
    private final Inbound inbound;
    private final Subscribing subscribing;
    private final @Nullable AppUsage usage;
    private final ConnectionMemory memory;
    private final Traffic traffic;
    private final long since;
    private Login login;
    private long loginEnds;
    private long lastPacketAt;
    private long reviewedAt;

    /// Whether this object has had its last say: its session may have another client already.
    private boolean departed;

    /// @param usage of its app, or null where that has no quota
    /// @param keepAlive seconds, 0 for none
    /// @param authenticationMethod of CONNECT, or null
    Client(
            Shard shard,
            Sessions sessions,
            Session session,
            Connection connection,
            Login login,
            @Nullable AppUsage usage,
            int keepAlive,
            @Nullable String authenticationMethod) {
        this.shard = shard;
        this.sessions = sessions;
        this.session = session;
        this.connection = connection;
        this.login = login;
        this.loginEnds = shard.clock().deadline(login.expiresAt());
        this.usage = usage;
        this.memory = new ConnectionMemory(session.footprint());
        this.silenceMillis = keepAlive * KEEP_ALIVE_MILLIS; // [MQTT-3.1.2-22]
        Router router = sessions.router();
        Limits limits = sessions.limits();
        Features features = sessions.features();
        this.renewal =
                new Renewal(
                        shard,
                        this,
                        connection,
                        sessions.tokens(),
                        authenticationMethod,
                        features.tokenWarning());
        Hold hold = new Hold(shard, connection);
        this.inbound =
                new Inbound(
                        shard,
                        router,
                        session,
                        connection,
                        login,
                        usage,
                        hold,
                        renewal,
                        limits,
                        features);
        this.subscribing =
                new Subscribing(
                        shard,
                        router,
                        limits,
                        features,
                        session,
                        memory,
                        connection,
                        login.rights(),
                        hold,
                        renewal);
        this.traffic = connection.traffic();
        this.since = shard.now();
        this.lastPacketAt = since;
        this.reviewedAt = since;
        traffic.begin(since);
        if (usage != null) {
            usage.connected();
        }
    }

    Session session() {
        return session;
    }

    Connection connection() {
        return connection;
    }

    /// Where the connection counts what it remembers of this client.
    public ConnectionMemory memory() {
        return memory;
    }

    Login login() {
        return login;
    }

    /// When the login ends, which is as long after it was shown as it said then.
    long loginEnds() {
        return loginEnds;
    }

    /// When the connection began, in milliseconds of the time of the bus.
    long since() {
        return since;
    }

    /// Seconds, 0 for none.
    long keepAlive() {
        return silenceMillis / KEEP_ALIVE_MILLIS;
    }

    /// Puts a new token of the same principal in force.
    void login(Login renewed) {
        login = renewed;
        loginEnds = shard.clock().deadline(renewed.expiresAt());
        sessions.oversight().changeRights(session, renewed.rights());
    }

    Renewal renewal() {
        return renewal;
    }

    /// Topics may be subject to other checks now.
    void reviewTopics(@Nullable String appId) {
        inbound.forgetTopic(appId);
    }

    /// Puts other rights in force for everything that the client does from now on.
    void rights(AccessRights changed) {
        login = login.withRights(changed);
        inbound.rights(changed);
        subscribing.rights(changed);
    }

    /// A packet that came after CONNECT. Packets behind one that ended the connection are passed
    /// over.
    public void receive(Packet packet) {
        assert shard.loop().inEventLoop();
        if (departed) { // [MQTT-3.14.4-1]
            return;
        }
        lastPacketAt = shard.timeOfTurn();
        switch (packet) {
            case Publish publish -> {
                traffic.messageReceived();
                endFor(inbound.publish(publish));
            }
            case PubAck ack -> pubAck(ack.packetId());
            case PubRec rec -> pubRec(rec.packetId(), rec.reasonCode());
            case PubRel rel -> inbound.release(rel);
            case PubComp comp -> pubComp(comp.packetId());
            case Subscribe subscribe -> subscribing.subscribe(subscribe);
            case Unsubscribe unsubscribe -> subscribing.unsubscribe(unsubscribe);
            case PingReq _ -> // [MQTT-3.12.4-1]
                    session.inOrder(() -> connection.send(PingResp.INSTANCE));
            case Disconnect disconnect -> endFor(disconnect(disconnect));
            case Auth auth -> endFor(renewal.authenticate(auth));
            case Connect _ -> // [MQTT-3.1.0-2]
                    end(ReasonCode.PROTOCOL_ERROR, "a second CONNECT");
            case ConnAck _, SubAck _, UnsubAck _, PingResp _ ->
                    end(ReasonCode.PROTOCOL_ERROR, "a packet that only a server sends");
        }
        shard.needsEndOfTurn();
    }

    /// Whether a message will be refused whatever its payload is, so that nobody has to gather
    /// that. When the message has ended, this same object is to be received in its place.
    ///
    /// @param head the message without its payload
    public boolean refuses(Publish head) {
        assert shard.loop().inEventLoop();
        return departed || inbound.refuses(head);
    }

    /// The connection takes more again.
    public void writable() {
        if (!departed) {
            session.writable(shard.now());
            shard.needsEndOfTurn();
        }
    }

    /// Nothing more comes from the client: tells when all answers to what came were sent. An answer
    /// that waits for its subscribers or for the disk is an answer too; what they never give, the
    /// caller has to stop waiting for.
    public void whenAllIsAnswered(Runnable then) {
        assert shard.loop().inEventLoop();
        // Behind what waits for the disk, and behind a SUBACK that waits for other loops.
        session.inOrder(() -> shard.transit().await(() -> inbound.whenAllIsAcknowledged(then)));
    }

    /// The connection is closed, whoever closed it. The transport says this exactly once.
    public void connectionClosed() {
        depart(true, false);
    }

    private @Nullable Violation disconnect(Disconnect packet) {
        if (packet.properties().has(Property.SESSION_EXPIRY_INTERVAL)) {
            long asked = packet.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
            if (session.expiryInterval() == 0 && asked > 0) { // section 3.14.2.2.2
                return new Violation(
                        ReasonCode.PROTOCOL_ERROR,
                        "session expiry interval: " + asked + " (expected: 0, as in CONNECT)");
            }
            session.expiryInterval(sessions.bounded(asked));
        }
        depart(packet.reasonCode() != ReasonCode.NORMAL_DISCONNECTION, false); // [MQTT-3.14.4-3]
        connection.close(ReasonCode.SUCCESS, null); // [MQTT-3.14.4-2]
        return null;
    }

    private void pubAck(int packetId) {
        if (!session.pubAck(packetId, lastPacketAt)) {
            endForAnswer("PUBACK", packetId);
        }
    }

    private void pubRec(int packetId, ReasonCode reason) {
        if (!session.pubRec(packetId, reason, lastPacketAt)) {
            endForAnswer("PUBREC", packetId);
        }
    }

    private void pubComp(int packetId) {
        if (!session.pubComp(packetId, lastPacketAt)) {
            endForAnswer("PUBCOMP", packetId);
        }
    }

    /// Passed over, an answer of the wrong kind would leave its message in flight for as long as
    /// the connection lasts; [MQTT-4.13.1-1], MQTT 3.1.1 [MQTT-4.8.0-1].
    private void endForAnswer(String type, int packetId) {
        end(
                ReasonCode.PROTOCOL_ERROR,
                type + " for packet identifier " + packetId + ", which waits for another answer");
    }

    private void endFor(@Nullable Violation violation) {
        if (violation != null) {
            end(violation.reasonCode(), violation.reasonString());
        }
    }

    /// Ends the connection for a reason of the broker; the will is published.
    void end(ReasonCode reason, @Nullable String reasonString) {
        if (!departed) {
            connection.close(reason, reasonString);
            depart(true, true);
        }
    }

    /// Leaves the session to whoever comes next.
    private void depart(boolean withWill, boolean byBroker) {
        if (!departed) {
            leave(byBroker);
            if (!withWill) {
                session.will(null); // [MQTT-3.1.2-10]
            }
            sessions.departed(this);
        }
    }

    private void leave(boolean byBroker) {
        departed = true;
        inbound.end(byBroker);
        subscribing.end();
        memory.close();
        if (usage != null) {
            usage.disconnected();
        }
    }

    /// Another connection takes the session over: this one learns why it ends [MQTT-3.1.4-3].
    void takenOver() {
        leave(true);
        session.detach(shard.now());
        connection.close(ReasonCode.SESSION_TAKEN_OVER, "another connection uses this client id");
    }

    /// Ends the connection if the client has been silent for one and a half times its Keep Alive
    /// [MQTT-3.1.2-22], or its token has expired.
    ///
    /// Silence does not count while the client is not read: its packets wait. Whether it is there
    /// at all is then for TCP to tell.
    void checkTime(long now) {
        if (!connection.isHeard()) {
            lastPacketAt = now;
        }
        if (silenceMillis > 0 && now - lastPacketAt > silenceMillis) {
            end(ReasonCode.KEEP_ALIVE_TIMEOUT, "no packet for " + silenceMillis / 1000.0 + " s");
        } else if (now >= loginEnds) {
            end(ReasonCode.NOT_AUTHORIZED, "token expired");
        } else {
            traffic.look(now);
            renewal.checkTime(now);
            reviewInTime(now);
        }
    }

    private void reviewInTime(long now) {
        long interval = login.rights().reviewMillis();
        if (interval != Long.MAX_VALUE && now - reviewedAt >= interval) {
            reviewedAt = now;
            sessions.reviews().review(session, login.rights());
        }
    }
}
