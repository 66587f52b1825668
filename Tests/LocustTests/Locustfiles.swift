/// Locustfiles for tests against real masters. Their users report requests without making any.
enum Locustfiles {
    static let reporting = """
        from locust import User, constant, task
        class Reporting(User):
            host = "http://127.0.0.1:9"
            wait_time = constant(0.05)
            def report(self, name, error):
                self.environment.events.request.fire(
                    request_type="GET", name=name, response_time=12.5, response_length=3,
                    exception=error, context={})
            @task
            def work(self):
                self.report("/ok", None)
                self.report("/broken", RuntimeError("broken <on> purpose"))
        """

    /// With a custom argument, and the route of the hook module.
    static let identified =
        reporting + """

            from locust import events
            from flask import request
            @events.init_command_line_parser.add_listener
            def add_arguments(parser, **kwargs):
                parser.add_argument("--swarmkeeper-run-id", default="")
            @events.init.add_listener
            def add_route(environment, **kwargs):
                if not environment.web_ui:
                    return
                @environment.web_ui.app.route("/swarmkeeper/run")
                def run():
                    return {
                        "boot": "b1", "sequence": 3, "state": "started", "runId": "r1",
                        "runIdNow": environment.parsed_options.swarmkeeper_run_id,
                        "locustfile": request.headers.get("X-Swarmkeeper-Run"),
                        "leaseInSeconds": float("nan"), "users": 2.0,
                    }
            """

    /// Answers 401 to everyone who does not have the token "let-me-in".
    static let tokenProtected =
        reporting + """

            from locust import events
            from flask import jsonify, request
            @events.init.add_listener
            def add_check(environment, **kwargs):
                if not environment.web_ui:
                    return
                @environment.web_ui.app.before_request
                def check():
                    if request.headers.get("Authorization") != "Bearer let-me-in":
                        return jsonify({"error": "unauthorized"}), 401
            """

    /// With --web-login: redirects everyone to the login page.
    static let login =
        reporting + """

            from locust import events
            @events.init.add_listener
            def add_login(environment, **kwargs):
                if not environment.web_ui:
                    return
                environment.web_ui.app.config["SECRET_KEY"] = "s"
                @environment.web_ui.login_manager.user_loader
                def load(user):
                    return None
                environment.web_ui.auth_args = {"username_password_callback": "/login_submit"}
            """
}
