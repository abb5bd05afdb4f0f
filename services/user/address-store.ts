/** Every SQL statement about people's addresses. */
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { type Address, notFound } from "./address.ts";

/** Plenty for a person; a list that a program fills would grow without end. */
const most = 50;

export interface Page {
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listAddresses(
  db: Db,
  userId: string,
  { after, limit }: Page,
): Promise<Address[]> {
  const { rows } = await db.query<Address>(
    selectAddresses([userId, after?.createTime ?? null, after?.id ?? null, limit]),
  );
  return rows;
}

/** The first one becomes the default. */
export async function addAddress(tx: Tx, userId: string, address: Address): Promise<Address> {
  const { rows } = await tx.query<{ is_default: boolean }>(
    insertAddress([...valuesOf(userId, address), address.createTime, most]),
  );
  const [added] = rows;
  if (!added) {
    throw new Fault("LIMIT_REACHED", `there are ${most} addresses, which is as many as may be`);
  }
  return { ...address, isDefault: added.is_default };
}

export async function getAddress(tx: Tx, userId: string, id: string): Promise<Address> {
  const { rows } = await tx.query<Address>(selectAddress([userId, id]));
  const [address] = rows;
  if (!address) {
    throw notFound(id);
  }
  return address;
}

export async function saveAddress(tx: Tx, userId: string, address: Address): Promise<void> {
  await tx.query(updateAddress(valuesOf(userId, address)));
}

export async function deleteAddress(tx: Tx, userId: string, id: string): Promise<void> {
  await tx.query(removeAddress([userId, id]));
}

function valuesOf(userId: string, address: Address): unknown[] {
  const { id, street, city, state, zip, country, isDefault, version, updateTime } = address;
  return [userId, id, street, city, state, zip, country, isDefault, version, updateTime];
}

const columns = `a.id, a.street, a.city, a.state, a.zip, a.country,
  u.default_address is not distinct from a.id as "isDefault", a.version,
  a.create_time as "createTime", a.update_time as "updateTime"`;

const selectAddresses = named(
  "user.address.list",
  `select ${columns}
     from addresses a join users u on u.id = a.user_id
    where a.user_id = $1
      and ($2::timestamptz is null or (a.create_time, a.id) < ($2, $3::text))
    order by a.create_time desc, a.id desc
    limit $4`,
);

const selectAddress = named(
  "user.address.get",
  `select ${columns}
     from addresses a join users u on u.id = a.user_id
    where a.user_id = $1 and a.id = $2`,
);

const insertAddress = named(
  "user.address.add",
  `with added as (
     insert into addresses (user_id, id, street, city, state, zip, country, version,
                            update_time, create_time)
     select $1, $2, $3, $4, $5, $6, $7, $9, $10, $11
      where (select count(*) from addresses where user_id = $1) < $12
     returning id
   ), chosen as (
     update users set default_address = added.id
       from added
      where users.id = $1 and ($8::boolean or default_address is null)
     returning users.id
   )
   select exists (select from chosen) as is_default from added`,
);

const updateAddress = named(
  "user.address.save",
  `with saved as (
     update addresses
        set street = $3, city = $4, state = $5, zip = $6, country = $7,
            version = $9, update_time = $10
      where user_id = $1 and id = $2
     returning id
   )
   update users set default_address = saved.id
     from saved
    where users.id = $1 and $8::boolean`,
);

const removeAddress = named(
  "user.address.delete",
  `with gone as (
     delete from addresses where user_id = $1 and id = $2
     returning id
   )
   update users set default_address = null
     from gone
    where users.id = $1 and default_address = gone.id`,
);
