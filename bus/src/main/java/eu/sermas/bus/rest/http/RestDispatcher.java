package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import jakarta.ws.rs.container.DynamicFeature;
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

/// The JAX-RS implementation behind our own HTTP: resources and providers are given to it as
/// objects, nothing is scanned or discovered. It starts in the background, so that the process need
/// not wait for it; the first request does.
public final class RestDispatcher implements AutoCloseable {

    /// Bytes of a body without a valid token.
    private static final int LARGEST_OF_STRANGERS = 64 * 1_024;

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rest-", 0).factory());
    private final CompletableFuture<SynchronousDispatcher> dispatcher;
    private final int maxBody;

    /// What stands around every resource method.
    ///
    /// @param guard before it
    /// @param bodies looks at what a body was read as; throws [Refused] where it may not be that
    /// @param refusals is told of each request that is refused
    public record Frame(
            DynamicFeature guard, Consumer<Object> bodies, Consumer<Refused> refusals) {}

    /// @param maxBody bytes of a body, where a valid token is shown
    public RestDispatcher(List<Object> resources, Frame frame, int maxBody) {
        this.maxBody = maxBody;
        dispatcher = CompletableFuture.supplyAsync(() -> start(resources, frame), threads);
    }

    private static SynchronousDispatcher start(List<Object> resources, Frame frame) {
        ResteasyDeploymentImpl deployment = new ResteasyDeploymentImpl();
        deployment.setRegisterBuiltin(false);
        deployment.getResources().addAll(resources);
        deployment
                .getProviders()
                .addAll(
                        List.of(
                                new Bodies(frame.bodies()),
                                new Errors(frame.refusals()),
                                new Conventions(),
                                frame.guard()));
        deployment.start();
        return (SynchronousDispatcher) deployment.getDispatcher();
    }

    void execute(Runnable task) {
        threads.execute(task);
    }

    /// Bytes of a body, of whomever it is.
    int maxBody() {
        return maxBody;
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
