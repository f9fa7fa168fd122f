package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.SESSION_LIFETIME;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static eu.sermas.bus.broker.BrokerFixture.will;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Standing;
import eu.sermas.bus.broker.BrokerFixture.Peer;
import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Logins that count no more before they expire: those in use, and those on their way.
class RevokedLoginsTest {

    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final AtomicLong version = new AtomicLong();
    private final TokenCheck tokens =
            new TokenCheck() {
                @Override
                public CompletionStage<Login> check(String token, String clientId) {
                    return CompletableFuture.completedStage(of("p", token));
                }

                @Override
                public @Nullable String refusal(Login login) {
                    return revoked.contains(login.tokenId()) ? "token: revoked" : null;
                }
            };
    private final BrokerFixture bus =
            new BrokerFixture(2, Limits.DEFAULT, Features.DEFAULT, tokens, 1);

    private static Login of(String principal, String tokenId) {
        Login any = login(principal, RIGHTS, Long.MAX_VALUE);
        return new Login(any.principal(), any.rights(), any.expiresAt(), tokenId);
    }

    private Peer connect(String clientId, String tokenId) {
        return bus.connect(
                connectPacket(
                        ProtocolVersion.MQTT_5,
                        clientId,
                        false,
                        SESSION_LIFETIME,
                        will("will", "of " + clientId, 0)),
                of("p", tokenId));
    }

    private void revoke(String tokenId) {
        revoked.add(tokenId);
        CompletableFuture<Void> done =
                bus.broker
                        .disconnect(
                                login -> login.tokenId().equals(tokenId),
                                ReasonCode.NOT_AUTHORIZED,
                                "token: revoked")
                        .toCompletableFuture();
        bus.loops.settle();
        assertThat(done).isCompleted();
    }

    @Test
    void theirConnectionsEndAndTheirSessionsWaitForANewOne() {
        Peer watcher = connect("w", "other").subscribe("will", QoS.AT_LEAST_ONCE);
        Peer peer = connect("s", "bad").subscribe("t", QoS.AT_LEAST_ONCE);
        revoke("bad");
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(peer.connection.closedBecause()).isEqualTo("token: revoked");
        assertThat(watcher.connection.closedWith()).isNull();
        assertThat(watcher.connection.payloads()).containsExactly("of s");
        watcher.publish("t", "kept", QoS.AT_LEAST_ONCE, 1);
        Peer back = connect("s", "good");
        assertThat(back.connection.last(ConnAck.class).sessionPresent()).isTrue();
        assertThat(back.connection.payloads()).containsExactly("kept");
    }

    @Test
    void oneThatWasAcceptedBeforeDoesNotGetInAfterIt() {
        revoke("bad");
        Login late = of("p", "bad");
        Connect connect = connectPacket(ProtocolVersion.MQTT_5, "s", true, 0, null);
        assertThat(bus.refusal(connect, late))
                .isEqualTo(new Violation(ReasonCode.NOT_AUTHORIZED, "token: revoked"));
    }

    @Test
    void norDoesOneInsideOfTheProcess() {
        revoke("bad");
        String[] ended = new String[1];
        CompletableFuture<LocalClient> connecting =
                bus.broker
                        .connectLocally("local", of("p", "bad"), hears(ended))
                        .toCompletableFuture();
        bus.loops.settle();
        CompletableFuture<LocalClient.Answer> answer =
                connecting.join().subscribe(List.of(TopicFilter.of("t"))).toCompletableFuture();
        bus.loops.settle();
        assertThat(answer.join())
                .isEqualTo(new LocalClient.Answer(ReasonCode.NOT_AUTHORIZED, "token: revoked"));
        assertThat(ended[0]).isEqualTo("token: revoked");
    }

    @Test
    void aClientInsideOfTheProcessIsTold() {
        String[] ended = new String[1];
        bus.broker.connectLocally("local", of("p", "bad"), hears(ended));
        bus.loops.settle();
        revoke("bad");
        assertThat(ended[0]).isEqualTo("token: revoked");
    }

    @Test
    void oneCannotBeRenewedWithARevokedToken() {
        Connect connect =
                new Connect(
                        ProtocolVersion.MQTT_5,
                        "s",
                        true,
                        0,
                        null,
                        null,
                        null,
                        Properties.builder().add(Property.AUTHENTICATION_METHOD, "JWT").build());
        Peer peer = bus.connect(connect, of("p", "good"));
        revoke("bad");
        peer.send(
                new Auth(
                        ReasonCode.REAUTHENTICATE,
                        Properties.builder()
                                .add(Property.AUTHENTICATION_METHOD, "JWT")
                                .add(Property.AUTHENTICATION_DATA, new byte[] {'b', 'a', 'd'})
                                .build()));
        bus.loops.settle();
        assertThat(peer.connection.closedWith()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
        assertThat(peer.connection.closedBecause()).isEqualTo("token: revoked");
    }

    @Test
    void oneWhoseHolderIsNoMoreDoesNotGetIn() {
        Login late = login("p", following(() -> null), Long.MAX_VALUE);
        version.incrementAndGet();
        assertThat(refusalOf(late))
                .isEqualTo(new Violation(ReasonCode.NOT_AUTHORIZED, "access withdrawn"));
        Peer peer = connect("s", "good");
        boolean[] renewed = {true};
        bus.broker.renew(late, "s").thenAccept(done -> renewed[0] = done);
        bus.loops.settle();
        assertThat(renewed[0]).isFalse();
        assertThat(peer.connection.closedWith()).isNull();
    }

    @Test
    void oneWhoseRightsHaveChangedOnItsWayBeginsWithThoseOfNow() {
        Login late = login("p", following(() -> grants("ui")), Long.MAX_VALUE);
        version.incrementAndGet();
        assertThat(refusalOf(late)).isNull();
        Peer begun = bus.connect(connectPacket(ProtocolVersion.MQTT_5, "s", true, 0, null), late);
        begun.publish("app/a/robotics/move", "withdrawn", QoS.AT_LEAST_ONCE, 1);
        assertThat(begun.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
        Peer renewed = connect("r", "good");
        bus.broker.renew(late, "r");
        bus.loops.settle();
        renewed.publish("app/a/robotics/move", "withdrawn", QoS.AT_LEAST_ONCE, 1);
        assertThat(renewed.connection.last(PubAck.class).reasonCode())
                .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }

    /// Rights to robotics that are worked out anew where the version is another one.
    private AccessRights following(Supplier<@Nullable AccessRights> again) {
        return AccessRights.granted(
                Set.of("a"),
                Grants.of(List.of("robotics")),
                null,
                Standing.of(version::get, again));
    }

    private static AccessRights grants(String grant) {
        return AccessRights.granted(Set.of("a"), Grants.of(List.of(grant)), null);
    }

    private @Nullable Violation refusalOf(Login login) {
        return bus.refusal(connectPacket(ProtocolVersion.MQTT_5, "late", true, 0, null), login);
    }

    private static LocalClient.Listener hears(String[] ended) {
        return new LocalClient.Listener() {
            @Override
            public void received(Message message, boolean retained) {}

            @Override
            public void dropped(TopicFilter filter, String reason) {}

            @Override
            public void ended(ReasonCode reason, String reasonString) {
                ended[0] = reasonString;
            }
        };
    }
}
