package org.headrace.agent.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A valid configuration.
 *
 * @param dataPlane how the data plane is started.
 * @param agent     files and sockets of the agent.
 * @param instances in the order of the file.
 */
public record HeadraceConfig(DataPlaneConfig dataPlane, AgentConfig agent, List<InstanceConfig> instances)
{
    public HeadraceConfig
    {
        instances = List.copyOf(instances);
    }

    /** @return one service for each address and listener, in the order of the file. */
    public List<ServiceConfig> services()
    {
        final List<ServiceConfig> services = new ArrayList<>();
        for (final InstanceConfig instance : instances)
        {
            services.addAll(instance.services());
        }
        return services;
    }
}
