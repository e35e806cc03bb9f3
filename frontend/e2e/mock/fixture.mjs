/** The template flow and the data of a few deals, in the shapes of /api/v1/. */

const call = (name, slot, operation, extra = {}) => ({
  type: "call",
  version: 1,
  name,
  slot,
  config: { operation, ...extra },
});

export const GRAPH = {
  format: 1,
  key: "closed-won-to-invoice",
  nodes: {
    won: {
      type: "trigger",
      version: 1,
      name: "Box moved to stage",
      slot: "crm",
      config: {
        kind: "webhook",
        trigger: "streak.box_stage_changed",
        settings: { pipeline: "Sales" },
        business_key: "$event.key",
        title: "$event.name",
      },
    },
    deal: call("Get deal", "crm", "streak.get_box", {
      input: { box_key: { $expr: "$event.key" }, lines_field: "Line items" },
    }),
    is_won: {
      type: "filter",
      version: 1,
      name: "Is it won?",
      config: { condition: '$lookupTable("deal_stages", $steps.deal.stage.name, "status") = "won"' },
    },
    contact: call("Get contact", "crm", "streak.get_contact", {
      input: { contact_key: { $expr: "$steps.deal.contact_keys[0]" } },
    }),
    organization: call("Get organization", "crm", "streak.get_organization", {
      input: { organization_key: { $expr: "$steps.deal.organization_keys[0]" } },
    }),
    customer: call("Find or create customer", "ledger", "sage50.find_or_create_customer", {
      input: { name: { $expr: "$steps.organization.name" }, email: { $expr: "$steps.contact.email" } },
    }),
    lines: {
      type: "map",
      version: 1,
      name: "Map lines",
      config: {
        fields: {
          description: { $expr: "$line.description" },
          quantity: { $expr: "$line.quantity" },
          unit_price: { $expr: "$line.unit_price" },
          nominal_code: { $expr: '$lookupTable("product_gl", $line.category, "account")' },
          tax_rate_id: { $expr: '$lookupTable("tax_codes", $line.tax, "rate")' },
          tax_amount: { $expr: "$round($mul($line.net, $line.rate), 2)" },
        },
      },
    },
    invoice: call("Create invoice", "ledger", "sage50.create_invoice", {
      once_per: "$steps.deal.key",
      on_change: "hold",
      input: { customer_id: { $expr: "$steps.customer.id" }, lines: { $expr: "$steps.lines" } },
    }),
    write_back: call("Write invoice id back", "crm", "streak.update_box", {
      input: {
        box_key: { $expr: "$steps.deal.key" },
        fields: { "Sage invoice": { $expr: "$steps.invoice.id" } },
      },
    }),
  },
  edges: Object.fromEntries(
    ["won", "deal", "is_won", "contact", "organization", "customer", "lines", "invoice", "write_back"]
      .map((id, index, all) => [`e${index}`, { from: [id, "main"], to: [all[index + 1], "main"] }])
      .slice(0, -1),
  ),
};

export const LAYOUT = {
  nodes: Object.fromEntries(
    Object.keys(GRAPH.nodes).map((id, index) => [
      id,
      { x: 32 + (index % 3) * 304, y: 56 + Math.floor(index / 3) * 192 },
    ]),
  ),
  notes: Object.fromEntries(
    ["Read the deal", "Make sure the customer exists", "Invoice it"].map((text, row) => [
      `group_${row + 1}`,
      { text, x: 0, y: row * 192, w: 896, h: 144 },
    ]),
  ),
};

export const FLOW = {
  key: "closed-won-to-invoice",
  name: "Closed-Won to invoice",
  description:
    "Turns a deal that is won in Streak into one sales invoice in Sage 50, and writes its id back.",
  slots: [
    { key: "crm", connector: "streak" },
    { key: "ledger", connector: "sage50" },
  ],
  tables: ["deal_stages", "product_gl", "tax_codes"],
  identity_hint: "once per deal",
};

const operation = (id, title, effect) => ({ id, title, effect });

export const CATALOGUE = {
  connectors: [
    {
      id: "streak",
      title: "Streak",
      operations: [
        operation("streak.get_box", "Get box", "read"),
        operation("streak.get_contact", "Get contact", "read"),
        operation("streak.get_organization", "Get organization", "read"),
        operation("streak.update_box", "Update box", "update"),
      ],
      triggers: [{ id: "streak.box_stage_changed", title: "Box stage changed" }],
    },
    {
      id: "sage50",
      title: "Sage 50",
      operations: [
        operation("sage50.find_or_create_customer", "Find or create customer", "create"),
        operation("sage50.create_invoice", "Create invoice", "create"),
      ],
      triggers: [],
    },
  ],
  node_types: [
    {
      id: "trigger",
      version: 1,
      title: "Trigger",
      category: "trigger",
      help: "Starts the flow.",
      icon: "zap",
    },
    {
      id: "call",
      version: 1,
      title: "Call",
      category: "action",
      help: "One operation of a connector.",
      icon: "plug",
    },
    {
      id: "filter",
      version: 1,
      title: "Filter",
      category: "logic",
      help: "Goes on only when the condition is true.",
      icon: "filter",
    },
    {
      id: "map",
      version: 1,
      title: "Map",
      category: "transform",
      help: "Builds a value field by field.",
      icon: "shuffle",
    },
  ],
};

export const DEALS = [
  {
    key: "agxz1",
    name: "Acme - 40 chairs",
    company: "Acme Furniture Ltd",
    person: "Maya Lindqvist",
    email: "maya@acme.example",
    category: "Furniture",
    net: "1240.00",
    tax: "248.00",
  },
  {
    key: "agxz2",
    name: "Harlow Interiors - 12 lamps",
    company: "Harlow Interiors",
    person: "Tom Reyes",
    email: "tom@harlow.example",
    category: "Lighting",
    net: "684.00",
    tax: "136.80",
  },
  {
    key: "agxz3",
    name: "Bristol Cafés - 18 tables",
    company: "Bristol Cafés and Catering",
    person: "Ana Costa",
    email: "ana@bristol.example",
    category: "Furniture",
    net: "6840.00",
    tax: "1368.00",
  },
  {
    key: "agxz4",
    name: "Pier Nine - bar stools",
    company: "Pier Nine",
    person: "Jo Park",
    email: "jo@piernine.example",
    category: "Furniture",
    net: "2136.00",
    tax: "427.20",
  },
];

/** What each step took in and gave out for a deal. */
export function stepData(node, deal, invoice) {
  const gross = (Number(deal.net) + Number(deal.tax)).toFixed(2);
  const line = { description: deal.name.split(" - ")[1] ?? deal.name, quantity: "1", unit_price: deal.net };
  const data = {
    won: [
      null,
      { key: deal.key, name: deal.name, stageKey: "5004", lastStageChangeTimestamp: 1795269731000 },
    ],
    deal: [
      { box_key: deal.key, lines_field: "Line items" },
      {
        key: deal.key,
        name: deal.name,
        stage: { key: "5004", name: "Closed Won" },
        fields: { Currency: "GBP", "Close date": "2026-11-20" },
        lines: [{ sku: "SKU-1", ...line, category: deal.category, tax: "Standard" }],
        contact_keys: ["ct-1"],
        organization_keys: ["org-1"],
        won_at: "2026-11-21T14:02:11Z",
      },
    ],
    is_won: [{ condition: GRAPH.nodes.is_won.config.condition }, { passed: true }],
    contact: [
      { contact_key: "ct-1" },
      { key: "ct-1", name: deal.person, email: deal.email, emails: [deal.email], phones: [] },
    ],
    organization: [
      { organization_key: "org-1" },
      { key: "org-1", name: deal.company, domains: [], industry: "Furniture" },
    ],
    customer: [
      { name: deal.company, email: deal.email, company_key: "org-1" },
      { id: "c-1001", name: deal.company, reference: "ACME01", matched_by: "created" },
    ],
    lines: [
      { lines: [line] },
      [{ ...line, nominal_code: "4000", tax_rate_id: "GB_STANDARD", tax_amount: deal.tax }],
    ],
    invoice: [
      {
        customer_id: "c-1001",
        date: "2026-11-20",
        currency: "GBP",
        lines: [{ ...line, nominal_code: "4000", tax_amount: deal.tax }],
      },
      {
        id: `inv-${invoice}`,
        number: `SI-${invoice}`,
        status: "draft",
        net_amount: deal.net,
        tax_amount: deal.tax,
        total_amount: gross,
        currency: "GBP",
      },
    ],
    write_back: [
      { box_key: deal.key, fields: { "Sage invoice": `inv-${invoice}` } },
      { box_key: deal.key, updated_at: "2026-11-21T14:02:14Z" },
    ],
  };
  return { input: data[node][0], output: data[node][1] };
}
