package org.headrace.agent.config;

import java.util.List;

/**
 * What became of a configuration file.
 *
 * @param config   the model, or null if there is a problem that is not a warning.
 * @param problems in the order of the file.
 */
public record ConfigResult(HeadraceConfig config, List<Problem> problems)
{
    /** @return true if there is a model to use. */
    public boolean isValid()
    {
        return config != null;
    }
}
