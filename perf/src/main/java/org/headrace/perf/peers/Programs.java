package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.LabException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds programs and asks for their versions. */
final class Programs
{
    private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+[-+~.\\w]*");

    private Programs()
    {
    }

    /** @return the program's file, looked for where the shell would, and in sbin. */
    static Optional<Path> find(final String program)
    {
        return Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
            .map(directory -> Path.of(directory, program)).filter(Files::isExecutable).findFirst();
    }

    /** @return why something cannot take part, if its program is not there. */
    static Optional<String> missing(final String program, final String packageName)
    {
        return find(program).isPresent() ? Optional.empty() :
            Optional.of("not installed: no program " + program + " (Debian: " + packageName + ")");
    }

    /** @return the first version number that a program prints, or {@code unknown}. */
    static String version(final String... command)
    {
        try
        {
            final Command.Result result = Command.run(List.of(command));
            final Matcher matcher = VERSION.matcher(result.output() + result.errors());
            return matcher.find() ? matcher.group() : "unknown";
        }
        catch (final LabException e)
        {
            return "unknown";
        }
    }
}
