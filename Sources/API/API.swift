import ControlPlane
import Foundation
import HTTP
import HTTPServer
import JSON
import Logging

/// The REST API: from requests to the domain and back.
package enum API {
    /// Longest `X-Request-ID` taken over from a client.
    static let requestIDLengthMax = 128

    /// The router for a server. Every answer of it, also the server's own, is JSON.
    package static func router(_ services: Services) -> Router {
        let routes = Routes.all.map { route in
            Route(
                route.method, route.path, bodyBytesMax: route.bodyBytesMax,
                isUrgent: route.isUrgent,
                executor: route.isUrgent ? services.orchestrator.executor : nil
            ) { request in await answer(request, route, services) }
        }
        return Router(
            routes,
            notFound: { request in
                await answer(request, route: "", budget: .general, services) {
                    _, _ throws(Problem) in
                    throw .notFound("path \(request.shownPath)")
                }
            },
            errorResponse: { error in
                let id = UUID().uuidString.lowercased()
                services.meters.requests.refuse(error.code)
                var response = Problem(error).response(requestID: id)
                services.policy.mark(&response, to: error, id: id)
                return response
            },
            complete: { response, request in
                let id = response.headers["X-Request-ID"] ?? requestID(of: request)
                services.policy.mark(&response, to: request, id: id)
            })
    }

    /// Logs what the server says of clients that it has not understood. Of many such lines a
    /// second it counts the rest: they cost a client nothing.
    package static func diagnostic(_ services: Services) -> HTTPServer.Diagnostic {
        { event, fields in
            let (refusals, now) = (services.admission.refusals, services.time.uptime)
            refusals.tellRest(at: now, to: services.logger)
            let kind = [event, fields["code"] ?? ""].filter { !$0.isEmpty }.joined(separator: ".")
            let key = RefusalLog.Key(kind: kind, caller: "", status: nil)
            guard refusals.isFirst(key, at: now) else { return }
            services.logger.warning(event, fields.mapValues { .string($0) })
        }
    }

    static func answer(_ request: Request, _ route: APIRoute, _ services: Services) async
        -> Response
    {
        await answer(request, route: route.path, budget: route.budget, services) {
            principal, id throws(Problem) in
            do throws(Problem) {
                return try await perform(request, route, principal, id, services)
            } catch {
                note(error, request, route, principal, id, services)
                throw error
            }
        }
    }

    /// Marks and logs what `work` makes of the request.
    private static func answer(
        _ request: Request, route: String, budget: RateBudget?, _ services: Services,
        _ work: (Principal?, String) async throws(Problem) -> Response
    ) async -> Response {
        let started = services.time.uptime
        let id = requestID(of: request)
        let principal = services.principal(of: request)
        let rate = services.rateLimiter.decide(
            principal, from: request.remoteAddress, on: budget, at: started)
        var response: Response
        var refusedBy: String?
        services.meters.requests.begin()
        do throws(Problem) {
            if let rate, !rate.isAllowed { throw Problem(rate) }
            response = try await work(principal, id)
        } catch {
            response = error.response(requestID: id)
            refusedBy = error.refusedBy
            services.meters.requests.refuse(error.code)
        }
        services.meters.requests.end(
            request.method, route, response.status, after: services.time.uptime - started)
        services.policy.mark(&response, to: request, id: id)
        let trace = TraceContext(request.headers)
        trace?.mark(&response)
        rate?.state.mark(&response)
        guard isToBeLogged(response.status, refusedBy, principal, services) else { return response }
        let seconds = (services.time.uptime - started) / .seconds(1)
        var fields: [String: LogValue] = [
            "method": .string(request.method), "path": .string(request.shownPath),
            "route": .string(route), "status": .int(response.status),
            "durationMs": .double((seconds * 1e6).rounded() / 1e3), "requestId": .string(id),
            "by": .string(principal?.name ?? ""), "from": .string(request.remoteAddress),
        ]
        if request.peerAddress != request.remoteAddress {
            fields["via"] = .string(request.peerAddress)
        }
        fields["clientCertificate"] = request.clientSubject.map { .string($0) }
        if let trace { fields.merge(trace.logFields) { own, _ in own } }
        services.logger.info("request", fields)
        return response
    }

    /// False for one of many refusals of one kind and caller, which are counted.
    private static func isToBeLogged(
        _ status: Int, _ refusedBy: String?, _ principal: Principal?, _ services: Services
    ) -> Bool {
        let (refusals, now) = (services.admission.refusals, services.time.uptime)
        refusals.tellRest(at: now, to: services.logger)
        guard let refusedBy else { return true }
        let key = RefusalLog.Key(
            kind: refusedBy, caller: principal?.name ?? "", status: status)
        return refusals.isFirst(key, at: now)
    }

    private static func perform(
        _ request: Request, _ route: APIRoute, _ principal: Principal?, _ id: String,
        _ services: Services
    ) async throws(Problem) -> Response {
        if principal == nil, route.permission == .report, services.runTokens.isUndecided(request) {
            throw Problem(ControlPlaneError.startingUp)
        }
        let caller = try authorize(
            principal ?? services.meters.caller(request, at: route), for: route)
        return try await services.admission.admit(
            request, to: route.admission, from: caller, on: services.time
        ) { () async throws(Problem) in
            try await work(on: request, route, caller, id, services)
        }
    }

    private static func work(
        on request: Request, _ route: APIRoute, _ caller: Principal, _ id: String,
        _ services: Services
    ) async throws(Problem) -> Response {
        let faults = QueryParameter.faults(in: request, declared: route.query)
        guard faults.isEmpty else { throw .invalidQuery(faults) }
        let body = try body(of: request, route)
        try await check(body, of: route, for: caller, services)
        let call = Call(
            services: services, principal: caller, requestID: id, request: request, body: body)
        return try await recorded(call, route) { () async throws(Problem) in
            guard let recall = route.recall else { return try await route.handler(call) }
            return try await Idempotency.once(
                call, route.handler, recall: recall, kept: route.keptForm)
        }
    }

    private static func authorize(_ principal: Principal?, for route: APIRoute) throws(Problem)
        -> Principal
    {
        guard let permission = route.permission else {
            return principal ?? .stranger
        }
        guard let principal else { throw .unauthorized }
        guard principal.may(permission) else {
            throw .forbidden(permission, role: principal.role)
        }
        return principal
    }

    private static func body(of request: Request, _ route: APIRoute) throws(Problem)
        -> [String: JSONValue]
    {
        guard route.body != nil else {
            guard request.body.isEmpty else { throw .malformed("no body is expected here") }
            return [:]
        }
        if request.body.isEmpty, route.bodyIsOptional { return [:] }
        let type = request.headers["Content-Type"]?.lowercased() ?? ""
        guard
            type.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
                == "application/json"
        else {
            throw Problem(
                .unsupportedMediaType,
                detail: "the body must be sent with Content-Type: application/json")
        }
        let value: JSONValue
        do throws(JSONReader.Failure) {
            value = try JSONReader.document(request.body)
        } catch {
            throw .malformed(
                "the body is not JSON: expected \(error.expected) at byte \(error.offset)")
        }
        guard let members = value.members else {
            throw .malformed("the body must be an object, is \(value.typeName)")
        }
        return members
    }

    /// All that is wrong with the fields, so that nobody mends them one after the other.
    private static func check(
        _ body: [String: JSONValue], of route: APIRoute, for caller: Principal,
        _ services: Services
    ) async throws(Problem) {
        guard let schema = route.body, !(route.bodyIsOptional && body.isEmpty) else { return }
        var faults = schema.faults(in: body, at: "")
        guard !faults.isEmpty else { return }
        if schema["thresholds"] != nil { faults += ThresholdFields.read(body["thresholds"]).faults }
        if schema["tenantId"]?.isRequired == true {
            let catalog = await services.orchestrator.currentCatalog
            let told = Set(faults.map(\.pointer))
            faults += Definitions.placeFaults(in: body, catalog, caller.scope).filter {
                !told.contains($0.pointer)
            }
            // A scenario is read where its own shape, and the URL that its paths begin with, are
            // right: what follows from those would only be noise.
            if told.isDisjoint(with: ["/scenario", "/targetsBase64", "/targetUrl"]) {
                let names: AmountFields = schema["targetUsers"] == nil ? .ofDefinition : .ofRun
                faults += Definitions.scenarioFaults(in: body, names, services)
            }
        }
        throw .invalid(faults)
    }

    /// The client's own id where it is harmless in a header and in a log, or a new one.
    private static func requestID(of request: Request) -> String {
        if let id = request.headers["X-Request-ID"], (1...requestIDLengthMax).contains(id.count),
            id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:/".contains($0)) })
        {
            return id
        }
        return UUID().uuidString.lowercased()
    }
}
