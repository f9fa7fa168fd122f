package eu.sermas.bus.transport;

import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.broker.Client;
import eu.sermas.bus.broker.Violation;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.peer.ClientAddress;
import eu.sermas.bus.peer.InputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// From CONNECT to CONNACK: checks the client identifier and the credentials, moves the channel to
/// the loop that owns the session, and begins the session there. Clients send more behind CONNECT
/// without waiting; those bytes are kept, and no more is read while something is outstanding.
///
/// A client is refused for what it sent, never for our own trouble: some clients take a refusal for
/// final, so in trouble the connection is closed without CONNACK and they come again.
final class LoginPhase extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(LoginPhase.class);

    private final Pipelines pipelines;
    private final Inbound inbound;
    private final Connect connect;
    private final Credentials credentials;
    private final boolean webSocket;
    private final boolean assigned;
    private final String clientId;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> patience;
    private boolean delayed;
    private boolean handedOn;

    LoginPhase(
            Pipelines pipelines,
            Inbound inbound,
            Connect connect,
            Credentials credentials,
            boolean webSocket) {
        this.pipelines = pipelines;
        this.inbound = inbound;
        this.connect = connect;
        this.credentials = credentials;
        this.webSocket = webSocket;
        this.assigned = connect.clientId().isEmpty(); // [MQTT-3.1.3-6] [MQTT-3.1.3-7]
        this.clientId = assigned ? UUID.randomUUID().toString() : connect.clientId();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /// Takes the place of the phase before it.
    static void enter(ChannelHandlerContext ctx, ChannelHandler before, LoginPhase login) {
        ConnectDeadline.met(ctx.pipeline());
        ctx.pipeline().replace(before, Phase.NAME, login);
        login.start();
    }

    private void start() {
        String method = Credentials.methodOf(connect);
        Violation unsupported = pipelines.broker().refusal(connect);
        if (method != null && !method.equals(Credentials.METHOD)) { // [MQTT-4.12.0-1]
            refuse(
                    ReasonCode.BAD_AUTHENTICATION_METHOD,
                    "authentication method: not known (expected: JWT)");
        } else if (unsupported != null) {
            refuse(unsupported.reasonCode(), unsupported.reasonString());
        } else if (connect.clientId().isEmpty() && !mayAssign()) { // MQTT 3.1.1 [MQTT-3.1.3-8]
            refuse(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "client identifier: empty (expected: one, for a session that is kept)");
        } else {
            authenticate();
        }
    }

    private boolean mayAssign() {
        return connect.version().isMqtt5()
                || (connect.version() == ProtocolVersion.MQTT_3_1_1 && connect.cleanStart());
    }

    private void authenticate() {
        CompletionStage<Login> stage;
        try {
            stage =
                    pipelines
                            .authenticator()
                            .authenticate(
                                    credentials.userName(),
                                    credentials.password(),
                                    clientId,
                                    Pipelines.certificatesOf(channel()));
        } catch (RuntimeException e) {
            giveUp("credentials not checked", e);
            return;
        }
        if (!stage.toCompletableFuture().isDone() && !beginToWait()) {
            return;
        }
        stage.whenComplete((login, failure) -> onLoop(() -> answered(login, failure)));
    }

    /// @return false where the connection is closed, having sent too much behind CONNECT
    private boolean beginToWait() {
        ChannelHandlerContext ctx = context();
        ctx.channel().config().setAutoRead(false);
        if (!keepUnread()) {
            return false;
        }
        patience =
                ctx.executor()
                        .schedule(
                                () -> giveUp("credentials not checked in time", null),
                                pipelines.limits().loginTimeout().toMillis(),
                                TimeUnit.MILLISECONDS);
        return true;
    }

    private boolean keepUnread() {
        try {
            inbound.keep();
            return true;
        } catch (InputRefused e) {
            pipelines.drop(channel(), connect.clientId(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    private void onLoop(Runnable task) {
        EventLoop loop = channel().eventLoop();
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void answered(@Nullable Login login, @Nullable Throwable failure) {
        stopWaiting();
        if (context().isRemoved()) {
            return;
        }
        Throwable cause =
                failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure;
        if (login != null && cause == null) {
            moveToOwner(login);
        } else if (cause instanceof LoginRefused refused && refused.isForNow()) {
            pipelines.drop(channel(), connect.clientId(), String.valueOf(refused.getMessage()));
        } else if (cause instanceof LoginRefused refused) {
            report(refused);
            refuseInTime(String.valueOf(refused.getMessage())); // [MQTT-3.1.4-2]
        } else {
            giveUp("credentials not checked", cause);
        }
    }

    private void moveToOwner(Login login) {
        int owner = pipelines.broker().ownerOf(login.principal(), clientId);
        EventLoop target = pipelines.loops().get(owner).netty();
        Runnable last = () -> begin(login);
        if (target.inEventLoop()) {
            last.run();
        } else {
            move(target, last);
        }
    }

    /// Nothing is read between the two registrations, so nothing can be lost; the bytes that are
    /// here already stay in `inbound`.
    private void move(EventLoop target, Runnable then) {
        Channel channel = channel();
        channel.config().setAutoRead(false);
        channel.deregister()
                .addListener(
                        left -> {
                            if (!left.isSuccess() || !channel.isOpen()) {
                                channel.close();
                                return;
                            }
                            target.register(channel)
                                    .addListener(
                                            arrived -> {
                                                if (arrived.isSuccess()) {
                                                    then.run();
                                                } else {
                                                    channel.unsafe().closeForcibly();
                                                }
                                            });
                        });
    }

    private void begin(Login login) {
        ChannelHandlerContext ctx = context();
        if (ctx.isRemoved() || !channel().isActive()) {
            channel().close();
            return;
        }
        Violation refusal = pipelines.broker().refusal(connect, login, clientId);
        if (refusal != null) {
            refuse(refusal.reasonCode(), refusal.reasonString());
            return;
        }
        pipelines.delays().accepted(ClientAddress.addressOf(channel()), credentials.userName());
        MqttConnection connection = connection(login);
        Client client;
        try {
            client = pipelines.broker().connect(connect, clientId, assigned, login, connection);
        } catch (RuntimeException e) {
            giveUp("session not begun", e);
            return;
        }
        connection.remembersIn(client.memory());
        connection.traffic().bytesReceived(inbound.received());
        inbound.loggedIn(
                pipelines.input().of(login, channel()),
                client::refuses,
                pipelines.maxPacketSize(),
                client.memory()::take);
        if (ctx.isRemoved()) { // the broker has closed it already
            channel().eventLoop().execute(client::connectionClosed);
            return;
        }
        SessionPhase session = new SessionPhase(pipelines, inbound, connection, client, clientId);
        handedOn = true;
        ctx.pipeline().replace(this, Phase.NAME, session);
        session.readingChanged();
    }

    /// Not authorized: the more often, the later.
    private void refuseInTime(String text) {
        LoginDelays delays = pipelines.delays();
        long millis = delays.refused(ClientAddress.addressOf(channel()), credentials.userName());
        if (millis == 0 || !delays.tryWait()) {
            refuse(ReasonCode.NOT_AUTHORIZED, text);
            return;
        }
        delayed = true;
        inbound.release(); // nothing behind a refused CONNECT is looked at
        pipelines.metrics().increment(Count.LOGINS_DELAYED);
        channel().config().setAutoRead(false);
        patience =
                context()
                        .executor()
                        .schedule(
                                () -> refuse(ReasonCode.NOT_AUTHORIZED, text),
                                millis,
                                TimeUnit.MILLISECONDS);
    }

    private void report(LoginRefused refused) {
        pipelines
                .broker()
                .denied(
                        new Denial(
                                Denial.Action.LOGIN,
                                refused.appId(),
                                "",
                                Printable.of(connect.clientId()),
                                ClientAddress.addressOf(channel()),
                                Rule.CREDENTIALS,
                                String.valueOf(refused.getMessage()),
                                1));
    }

    private void refuse(ReasonCode reason, String text) {
        pipelines.refuse(connection(null), channel(), connect.clientId(), reason, text);
    }

    private void giveUp(String text, @Nullable Throwable cause) {
        stopWaiting();
        LOG.error("{}: {}, closing without CONNACK", ClientAddress.nameOf(channel()), text, cause);
        channel().close();
    }

    private void stopWaiting() {
        Future<?> scheduled = patience;
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    private MqttConnection connection(@Nullable Login login) {
        return pipelines.connection(channel(), webSocket, connect.version(), connect, login);
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    private Channel channel() {
        return context().channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        pipelines.metrics().add(Count.BYTES_RECEIVED, in.readableBytes());
        if (delayed) {
            in.release();
            return;
        }
        inbound.append(in);
        if (patience != null) {
            keepUnread();
        }
    }

    /// Who has sent everything still gets an answer, but holds no place among those that wait for
    /// one which is late on purpose.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (delayed && InputEnd.isToldBy(event)) {
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopWaiting();
        if (delayed) {
            pipelines.delays().waited();
        }
        if (!handedOn) {
            inbound.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        pipelines.failed(ctx.channel(), cause);
    }
}
