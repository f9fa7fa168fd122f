package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.inspect.Inspection;
import eu.sermas.bus.inspect.Report;
import eu.sermas.bus.inspect.Selection;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.rocksdb.StoredRecords;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "inspect",
        description = {
            "Shows what is in a data directory, while the bus runs or not. Changes nothing.",
            "Records that cannot be read are named and left out; the exit code is then 1."
        },
        footer = {
            "  sermas-bus inspect --data-dir /var/lib/sermas-bus",
            "  sermas-bus inspect retained --data-dir /var/lib/sermas-bus --filter 'app/museum/#' --json"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class InspectCommand implements Callable<Integer> {

    /// What can be looked at; picocli takes the names as they are written here.
    private enum Subject {
        summary,
        sessions,
        queues,
        retained
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            defaultValue = "summary",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Subject subject;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            required = true,
            description = "Data directory of the bus.")
    private Path directory;

    @Option(
            names = "--session",
            paramLabel = "ID",
            description = "Only the sessions of this client identifier or number.")
    private @Nullable String session;

    @Option(
            names = "--filter",
            paramLabel = "FILTER",
            description = "Only the retained messages of topics that this filter matches.")
    private @Nullable String filter;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "At most so many rows, in queues for each session; ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--payload", description = "Shows payloads, as text or base64.")
    private boolean payload;

    @Option(names = "--json", description = "Prints one JSON object a line.")
    private boolean json;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    InspectCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        CommandLine command = spec.commandLine();
        Selection selection = selection(command);
        PrintWriter out = command.getOut();
        Report report = new Report(out, command.getErr(), json);
        try (StoredRecords records = StoredRecords.open(directory)) {
            show(new Inspection(records, selection, report));
        } catch (StoreException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
        return report.damaged() == 0 ? 0 : CommandLineTool.FAILED;
    }

    private Selection selection(CommandLine command) {
        if (limit < 1) {
            throw new ParameterException(command, "--limit: " + limit + " (expected: 1 or more)");
        }
        try {
            TopicFilter topics = filter == null ? null : TopicFilter.of(filter);
            return new Selection(session, topics, limit, payload);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--filter: " + e.getMessage(), e);
        }
    }

    private void show(Inspection inspection) {
        switch (subject) {
            case summary -> inspection.summary();
            case sessions -> inspection.sessions();
            case queues -> inspection.queues();
            case retained -> inspection.retained();
        }
    }
}
