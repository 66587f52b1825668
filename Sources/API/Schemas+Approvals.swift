extension Schemas {
    static let approvalInput = ObjectSchema("ApprovalInput", [])

    static let rejectionInput = ObjectSchema(
        "RejectionInput",
        [optional("reason", .text(max: 300), "Told with the run's end")])

    static let approval = ObjectSchema(
        "Approval",
        [
            required("expiresAt", .timestamp, "Without a yes until then the run ends"),
            required("decidedBy", .nullable(.text(max: 200)), "Who said yes or no"),
            required("decidedAt", .nullable(.timestamp), "When"),
        ])
}
