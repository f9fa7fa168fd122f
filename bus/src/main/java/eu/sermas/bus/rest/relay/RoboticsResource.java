package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;

/// Orders for robots and news of them.
@Path("api/robotics")
public final class RoboticsResource {

    private final AppEvents events;

    public RoboticsResource(AppEvents events) {
        this.events = events;
    }

    @POST
    @Path("agent/relocate")
    @Needs(Access.ROBOTICS_MOVE)
    public void relocate(@Context Caller caller, @Dto("MovementEventDto") ObjectNode body) {
        pass(caller, Access.ROBOTICS_MOVE, body, "move");
    }

    @POST
    @Path("agent/initialpose")
    @Needs(Access.ROBOTICS_INITIAL_POSE)
    public void initialPose(@Context Caller caller, @Dto("InitialPoseEventDto") ObjectNode body) {
        pass(caller, Access.ROBOTICS_INITIAL_POSE, body, "initialpose");
    }

    @POST
    @Path("agent/actuate")
    @Needs(Access.ROBOTICS_ACTUATE)
    public void actuate(@Context Caller caller, @Dto("ActuationEventDto") ObjectNode body) {
        pass(caller, Access.ROBOTICS_ACTUATE, body, "actuate");
    }

    @POST
    @Path("agent/status")
    @Needs(Access.ROBOTICS_STATUS)
    public void robotStatus(@Context Caller caller, @Dto("StatusEventDto") ObjectNode body) {
        pass(caller, Access.ROBOTICS_STATUS, body, "status");
    }

    /// A movement to a room; where that is, is for the robot to know.
    @POST
    @Path("{where: agent/move|move}/{appId}/{room}")
    @Needs(Access.ROBOTICS_MOVE)
    public void moveToRoom(
            @Context Caller caller,
            @PathParam("appId") String appId,
            @PathParam("room") String room,
            ObjectNode body) {
        body.put("appId", appId).put("room", room);
        if (!body.has("movement")) {
            body.putObject("movement");
        }
        pass(caller, Access.ROBOTICS_MOVE, body, "move");
    }

    private void pass(Caller caller, Access access, ObjectNode body, String scope) {
        events.publish(caller, events.checked(caller, access, body), "robotics", scope);
    }
}
