package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Guard;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.resteasy.core.ResteasyDeploymentImpl;
import org.jboss.resteasy.core.SynchronousDispatcher;
import org.jboss.resteasy.spi.UnhandledException;
import org.jspecify.annotations.Nullable;

/// The JAX-RS implementation behind our own HTTP: resources and providers are given to it as
/// objects, nothing is scanned or discovered. It starts in the background, so that the process need
/// not wait for it; the first request does.
public final class RestDispatcher implements AutoCloseable {

    /// Bytes of a body without a valid token.
    private static final int LARGEST_OF_STRANGERS = 64 * 1_024;

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rest-", 0).factory());
    private final CompletableFuture<SynchronousDispatcher> dispatcher;
    private final Guard guard;
    private final int maxBody;

    /// @param maxBody bytes of a body, where a valid token is shown
    /// @param refusals is told of each request that is refused
    public RestDispatcher(
            List<Object> resources, Guard guard, int maxBody, Consumer<Refused> refusals) {
        this.guard = guard;
        this.maxBody = maxBody;
        dispatcher =
                CompletableFuture.supplyAsync(() -> start(resources, guard, refusals), threads);
    }

    private static SynchronousDispatcher start(
            List<Object> resources, Guard guard, Consumer<Refused> refusals) {
        ResteasyDeploymentImpl deployment = new ResteasyDeploymentImpl();
        deployment.setRegisterBuiltin(false);
        deployment.getResources().addAll(resources);
        deployment
                .getProviders()
                .addAll(List.of(new Bodies(), new Errors(refusals), new Conventions(), guard));
        deployment.start();
        return (SynchronousDispatcher) deployment.getDispatcher();
    }

    void execute(Runnable task) {
        threads.execute(task);
    }

    /// Who makes a request, or null for a stranger. Blocks where another issuer has to be asked.
    @Nullable Caller callerOf(Call call) {
        return guard.callerOf(call.authorization());
    }

    /// Serves one request on the calling thread. Always answers.
    ///
    /// @param known whether a valid token was shown
    /// @param holding what it may hold, with a place to work
    Answer call(Call call, boolean known, Holding holding) {
        try {
            SynchronousDispatcher server = dispatcher.join();
            RestResponse response = new RestResponse(holding);
            int most = known ? maxBody : Math.min(maxBody, LARGEST_OF_STRANGERS);
            server.invoke(new RestRequest(call, holding, most, server, response), response);
            return new Answer(
                    response.getStatus(),
                    headers(response.getOutputHeaders()),
                    response.body(),
                    response.stream());
        } catch (UnhandledException e) { // on the way to the answer
            return e.getCause() instanceof Refused refused
                    ? Answer.of(refused)
                    : Answer.of(Errors.unexpected(e));
        } catch (RuntimeException | Error e) {
            return Answer.of(Errors.unexpected(e));
        }
    }

    private static Map<String, List<String>> headers(MultivaluedMap<String, Object> headers) {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        headers.forEach(
                (name, values) -> texts.put(name, values.stream().map(Object::toString).toList()));
        return texts;
    }

    @Override
    public void close() {
        threads.close();
    }
}
