package org.headrace.agent.config;

import java.nio.file.Path;

/**
 * Section {@code agent}.
 *
 * @param api         address and port of the HTTP API.
 * @param statsSocket socket of the statistics in CSV form.
 * @param store       directory of what must survive a reboot.
 */
public record AgentConfig(String api, Path statsSocket, Path store)
{
}
