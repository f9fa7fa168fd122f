package eu.sermas.bus.cli;

import eu.sermas.bus.server.Product;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual in the language of `man`: a page for each command, with its own commands as sections.
final class ManualPages {

    private final StringBuilder page = new StringBuilder();

    private ManualPages() {}

    /// @return the names of the files, and what is in them
    static SequencedMap<String, String> all() {
        CommandLine tool = CommandLineTool.withAll();
        TreeMap<String, String> pages = new TreeMap<>();
        pages.put(CommandLineTool.NAME + ".1", page(tool));
        for (CommandLine command : visible(tool)) {
            pages.put(CommandLineTool.NAME + "-" + command.getCommandName() + ".1", page(command));
        }
        return pages;
    }

    private static List<CommandLine> visible(CommandLine command) {
        return command.getSubcommands().values().stream()
                .distinct()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .toList();
    }

    private static String page(CommandLine command) {
        return new ManualPages().write(command);
    }

    private String write(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String name = spec.qualifiedName("-");
        macro(
                "TH %s 1 \"\" \"%s %s\" \"%s\""
                        .formatted(
                                name.toUpperCase(Locale.ROOT),
                                CommandLineTool.NAME,
                                Product.version(),
                                CommandLineTool.NAME));
        macro("SH NAME");
        List<String> description = formatted(spec.usageMessage().description());
        text(name + " \\- " + escaped(description.getFirst()));
        macro("SH SYNOPSIS");
        synopsis(command);
        macro("SH DESCRIPTION");
        text(escaped(String.join(" ", description)));
        arguments(spec, "SH OPTIONS");
        List<CommandLine> commands = visible(command);
        if (spec.parent() == null) {
            macro("SH COMMANDS");
            commands.forEach(this::entry);
        } else {
            commands.forEach(this::section);
        }
        macro("SH EXIT STATUS");
        spec.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> term("\\fB" + code + "\\fR", meaning));
        examples(spec, "SH EXAMPLES");
        macro("SH SEE ALSO");
        text(
                spec.parent() == null
                        ? "The folder docs of the distribution."
                        : "\\fB" + escaped(CommandLineTool.NAME) + "\\fR(1)");
        return page.toString();
    }

    private void entry(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        term(
                "\\fB" + escaped(spec.qualifiedName("-")) + "\\fR(1)",
                formatted(spec.usageMessage().description()).getFirst());
    }

    /// A command of a command.
    private void section(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        macro("SH " + escaped(spec.name().toUpperCase(Locale.ROOT)));
        synopsis(command);
        macro("PP");
        text(escaped(String.join(" ", formatted(spec.usageMessage().description()))));
        arguments(spec, "");
        examples(spec, "PP");
    }

    private void synopsis(CommandLine command) {
        String synopsis = new Help(command.getCommandSpec(), Help.Ansi.OFF).synopsis(0);
        text(escaped(synopsis.strip().replaceAll("\\s+", " ")));
    }

    private void arguments(CommandSpec spec, String heading) {
        List<ArgSpec> arguments = new ArrayList<>(spec.positionalParameters());
        arguments.addAll(spec.options());
        arguments.removeIf(ArgSpec::hidden);
        if (!arguments.isEmpty() && !heading.isEmpty()) {
            macro(heading);
        }
        for (ArgSpec argument : arguments) {
            term(names(argument), String.join(" ", formatted(argument.description())));
        }
    }

    private static String names(ArgSpec argument) {
        String label = "\\fI" + escaped(argument.paramLabel()) + "\\fR";
        return switch (argument) {
            case PositionalParamSpec _ -> label;
            case OptionSpec option -> {
                List<String> names =
                        List.of(option.names()).stream()
                                .map(name -> "\\fB" + escaped(name) + "\\fR")
                                .toList();
                yield String.join(", ", names) + (option.arity().max() > 0 ? " " + label : "");
            }
            default -> throw new IllegalStateException("argument " + argument);
        };
    }

    private void examples(CommandSpec spec, String heading) {
        List<String> lines = formatted(spec.usageMessage().footer());
        if (lines.isEmpty()) {
            return;
        }
        macro(heading);
        macro("nf");
        lines.forEach(line -> text(escaped(line)));
        macro("fi");
    }

    private static List<String> formatted(String... lines) {
        return List.of(lines).stream().map(line -> line.replace("%%", "%")).toList();
    }

    private void term(String term, String meaning) {
        macro("TP");
        text(term);
        text(escaped(meaning));
    }

    private void macro(String macro) {
        page.append('.').append(macro).append('\n');
    }

    /// A line of text must not look like a macro.
    private void text(String line) {
        boolean looksLikeMacro = line.startsWith(".") || line.startsWith("'");
        page.append(looksLikeMacro ? "\\&" : "").append(line).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }
}
