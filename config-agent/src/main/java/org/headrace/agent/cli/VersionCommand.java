package org.headrace.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** {@code headrace version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        spec.commandLine().getOut().println("headrace " + version());
    }

    static String version()
    {
        final Properties properties = new Properties();
        try (InputStream input = VersionCommand.class.getResourceAsStream("/headrace-version.properties"))
        {
            if (input != null)
            {
                properties.load(input);
            }
        }
        catch (final IOException _)
        {
            properties.clear();
        }
        return properties.getProperty("version", "unknown");
    }
}
