package eu.sermas.bus.config;

import eu.sermas.bus.config.setting.Setting;
import java.util.regex.Pattern;

/// What Kubernetes and Docker put into the environment of each process for a service that is called
/// `sermas-bus` or `sermas-bus-...`. Nobody wrote these variables for the bus: where one has the
/// name of a setting it gives no value, and the others are no settings with a spelling mistake.
final class ServiceLinks {

    /// Behind the name of a service, such as `SERMAS_BUS_MQTT_PORT_1883_TCP_ADDR`.
    private static final Pattern VARIABLE =
            Pattern.compile(
                    "SERMAS_BUS_([A-Z0-9_]+_)?"
                            + "(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?|ENV_.*|NAME)");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    /// Whether this is the address of a service, for a setting that takes a port.
    static boolean isAddressFor(Setting<?> setting, String value) {
        return setting.key().endsWith("port") && ADDRESS.matcher(value).matches();
    }

    /// Whether a variable that is no setting is one of these.
    static boolean isVariable(String name, String value) {
        return VARIABLE.matcher(name).matches()
                || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
    }
}
