package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.bool;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.path;
import static eu.sermas.bus.config.setting.Kind.text;
import static eu.sermas.bus.config.setting.Setting.optional;

import java.nio.file.Path;
import java.util.List;

/// The part of the table of [Settings] that is about where the bus listens, where it keeps its
/// data, and whom it lets in without asking.
public final class ListenerSettings {

    public static final Setting<String> BIND =
            Setting.of(
                    "bind",
                    text("an address or a host name of this machine"),
                    "0.0.0.0",
                    "Address that the listeners are bound to. With `open` the default is"
                            + " `localhost`.");
    public static final Setting<Integer> PORT =
            Setting.of(
                    "port",
                    integer(0, 65_535),
                    8080,
                    "The one port for MQTT, TLS, WebSocket and REST; 0 takes any free one.");
    public static final Setting<Integer> MQTT_PORT =
            optional(
                    "mqtt-port",
                    integer(0, 65_535),
                    "A further listener for MQTT, such as 1883; 0 takes any free port.");
    public static final Setting<Path> DATA_DIR =
            Setting.of(
                    "data-dir",
                    path("a path"),
                    Path.of("data"),
                    "Directory for everything that outlives the process; made where it is"
                            + " missing.");
    public static final Setting<Boolean> OPEN =
            Setting.of(
                    "open",
                    bool(),
                    false,
                    "A plain MQTT broker: no credentials asked, every topic allowed. On loopback"
                            + " only.");
    public static final Setting<Boolean> OPEN_ANYWHERE =
            Setting.of(
                    "open-anywhere", bool(), false, "Lets an open broker listen beyond loopback.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(BIND, PORT, MQTT_PORT, DATA_DIR, OPEN, OPEN_ANYWHERE);

    private ListenerSettings() {}
}
