package org.headrace.agent.config;

import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.protocol.Endpoint;

import java.util.List;

/**
 * Servers as the file has them, before the rules of an instance are applied.
 *
 * @param servers with their places in the file.
 * @param health  node of the group's health section, or null.
 */
record ServerGroup(List<Item> servers, YamlNode health)
{
    /**
     * @param endpoint   who it is.
     * @param weight     null if the file has none.
     * @param node       of the server.
     * @param weightNode of the weight, or null.
     */
    record Item(Endpoint endpoint, Integer weight, YamlNode node, YamlNode weightNode)
    {
    }
}
